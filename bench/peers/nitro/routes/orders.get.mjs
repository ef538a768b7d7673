import { defineHandler } from 'nitro/h3'
import { orders } from '../../../servers/orders.mjs'

export default defineHandler(() => orders)
