package main

func handler(event map[string]interface{}) interface{} {
	return map[string]interface{}{"message": "It works.", "next": "/hello/you"}
}
