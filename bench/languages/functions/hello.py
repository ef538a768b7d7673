def handler(event):
    return {"status": 200, "body": {"hello": "world"}}
