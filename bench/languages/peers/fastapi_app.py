from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Address(BaseModel):
    city: str
    zip: str | None = None


class Order(BaseModel):
    id: int
    name: str
    active: bool = True
    tags: list[str]
    address: Address | None = None
    notes: list[str]


@app.get("/hello")
async def hello():
    return {"hello": "world"}


@app.post("/echo")
async def echo(order: Order) -> Order:
    return order
