def handler(event, name):
    return {"message": f"Hello, {name}."}
