package main

func handler(event map[string]interface{}) interface{} {
	return map[string]interface{}{"status": 200, "body": map[string]interface{}{"hello": "world"}}
}
