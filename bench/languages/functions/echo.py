import json


def handler(event):
    return {"status": 200, "body": json.loads(event["body"])}
