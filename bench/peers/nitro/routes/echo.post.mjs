import { defineHandler, readValidatedBody } from 'nitro/h3'
import { orderSchema } from '../../shared/order-schema.mjs'

export default defineHandler((event) => readValidatedBody(event, orderSchema))
