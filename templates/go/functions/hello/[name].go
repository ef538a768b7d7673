package main

import "fmt"

func handler(event map[string]interface{}) interface{} {
	return map[string]interface{}{"message": fmt.Sprintf("Hello, %s.", event["name"])}
}
