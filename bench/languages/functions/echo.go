package main

import "encoding/json"

func handler(event map[string]interface{}) interface{} {
	var order map[string]interface{}
	if err := json.Unmarshal([]byte(event["body"].(string)), &order); err != nil {
		return map[string]interface{}{"status": 400}
	}
	return map[string]interface{}{"status": 200, "body": order}
}
