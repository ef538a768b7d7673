const basket = new Map()
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

const products = document.querySelector('#products')
const found = document.querySelector('#found')
const query = document.querySelector('#query')
const message = document.querySelector('#message')
const customer = document.querySelector('#customer')

document.querySelector('#search').addEventListener('submit', (event) => event.preventDefault())
query.addEventListener('input', () => showProducts())
document.querySelector('#basket').addEventListener('submit', placeOrder)

await Promise.all([showProducts(), showOrders()])

/** Asks the API; an answer that is none throws with the API's own words. */
async function ask(url, options) {
  const response = await fetch(url, options)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

async function showProducts() {
  const text = query.value.trim()
  products.ariaBusy = 'true'
  try {
    const list = await ask(text === '' ? '/products' : `/products/search?q=${encodeURIComponent(text)}`)
    // Answers may come in another order than the keys were pressed.
    if (text !== query.value.trim()) return
    showItems(products, list.map(createProduct))
    found.textContent = text === '' ? '' : `${list.length} found for “${text}”`
  } catch (error) {
    found.textContent = error.message
  }
  products.ariaBusy = 'false'
}

function createProduct(product) {
  const item = document.createElement('li')
  const name = createText('h3', product.name)
  name.id = `product-${product.id}`
  const price = createText('p', money.format(product.priceCents / 100), 'price')
  price.append(' ', createText('span', product.stock === 0 ? 'sold out' : `${product.stock} in stock`, 'stock'))
  const add = createButton('Add to basket', () => changeQuantity(product, 1))
  add.id = `add-${product.id}`
  add.setAttribute('aria-labelledby', `add-${product.id} product-${product.id}`)
  add.disabled = product.stock === 0
  item.append(name, createText('p', product.description), price, add)
  return item
}

function changeQuantity(product, change) {
  const quantity = (basket.get(product.id)?.quantity ?? 0) + change
  if (quantity > 0) basket.set(product.id, { product, quantity })
  else basket.delete(product.id)
  message.textContent = quantity > 0 ? `${quantity} × ${product.name} in the basket.` : `${product.name} removed.`
  message.classList.remove('failed')
  showBasket()
}

function showBasket() {
  const lines = [...basket.values()]
  const cents = lines.reduce((sum, { product, quantity }) => sum + product.priceCents * quantity, 0)
  const total = document.querySelector('#total')
  showItems(document.querySelector('#lines'), lines.map(createLine))
  document.querySelector('#empty').hidden = lines.length > 0
  document.querySelector('#order').disabled = lines.length === 0
  total.hidden = lines.length === 0
  total.textContent = `Total ${money.format(cents / 100)}`
}

function createLine({ product, quantity }) {
  const item = document.createElement('li')
  const less = createButton('−', () => changeQuantity(product, -1), 'plain')
  less.id = `less-${product.id}`
  less.ariaLabel = `One ${product.name} less`
  const more = createButton('+', () => changeQuantity(product, 1), 'plain')
  more.id = `more-${product.id}`
  more.ariaLabel = `One ${product.name} more`
  item.append(createText('span', product.name), less, createText('span', String(quantity)), more)
  return item
}

async function placeOrder(event) {
  event.preventDefault()
  const lines = [...basket.values()].map(({ product, quantity }) => ({ productId: product.id, quantity }))
  try {
    const order = await ask('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer: customer.value, lines })
    })
    basket.clear()
    showBasket()
    message.textContent = `Thank you, ${order.customer}. Your order has the number ${order.id}.`
    message.classList.remove('failed')
  } catch (error) {
    message.textContent = error.message
    message.classList.add('failed')
  }
  await Promise.all([showProducts(), showOrders()])
}

async function showOrders() {
  const list = await ask('/orders')
  showItems(document.querySelector('#orders'), list.slice(0, 5).map(createOrder))
}

function createOrder(order) {
  const item = document.createElement('li')
  const names = order.lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')
  const title = createText('strong', `${order.customer}, ${money.format(order.totalCents / 100)}`)
  const when = createText('small', day.format(new Date(order.placedAt)))
  item.append(title, document.createElement('br'), names, document.createElement('br'), when)
  return item
}

/** Who works with the keyboard stays where they are. */
function showItems(list, items) {
  const focused = list.contains(document.activeElement) ? document.activeElement.id : ''
  list.replaceChildren(...items)
  if (focused !== '') document.getElementById(focused)?.focus()
}

function createText(tag, text, className = '') {
  const element = document.createElement(tag)
  element.textContent = text
  element.className = className
  return element
}

function createButton(text, onClick, className = '') {
  const button = createText('button', text, className)
  button.type = 'button'
  button.addEventListener('click', onClick)
  return button
}
