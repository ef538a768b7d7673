import { z } from 'zod'

/** bench/servers/echo-schema.json, in Zod: what Hono, h3, Nitro, Express, Next and Pages validate the echo with. */
export const orderSchema = z.object({
  id: z.int(),
  name: z.string(),
  active: z.boolean(),
  tags: z.array(z.string()),
  address: z.object({ city: z.string(), zip: z.string() }),
  notes: z.array(z.string())
})
