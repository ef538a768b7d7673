def handler(event):
    return {"message": "It works.", "next": "/hello/you"}
