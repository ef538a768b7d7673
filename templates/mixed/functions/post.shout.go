package main

import "strings"

func handler(event map[string]interface{}) interface{} {
	text, _ := event["body"].(string)
	return map[string]interface{}{"message": strings.ToUpper(text)}
}
