import fastifyPlugin from 'fastify-plugin'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

const meta = Symbol.for('plugin-meta')

function createPlugin(range: string) {
  return fastifyPlugin(async (context) => void context.decorate('old', range as never), {
    name: 'old-plugin',
    fastify: range
  })
}

describe('plugins that declare a version of Fastify', () => {
  it.each(['3.x', '4.x', '^3.0.0', '>=3.0.0 <5.0.0', '3.x || 4.x'])(
    'for %s are accepted, and a debug line says so',
    async (range) => {
      const lines: string[] = []
      const app = createFastify({
        logger: { level: 'debug', stream: { write: (line) => void lines.push(line) } }
      })
      const plugin = createPlugin(range)
      await app.register(plugin)
      expect(Reflect.get(app, 'old')).toBe(range)
      expect(lines.join()).toContain('plugin for an older Fastify accepted')
      // another instance in the process still sees what the plugin declares
      expect(Reflect.get(plugin, meta).fastify).toBe(range)
    }
  )

  it('are opened when they come as a module or a promise', async () => {
    const app = createFastify()
    await app.register({ default: createPlugin('3.x') } as never)
    expect(Reflect.get(app, 'old')).toBe('3.x')
    const other = createFastify()
    await other.register(Promise.resolve({ default: createPlugin('4.x') }) as never)
    expect(Reflect.get(other, 'old')).toBe('4.x')
  })

  it('for a newer Fastify are refused by Fastify', async () => {
    const app = createFastify()
    await expect(app.register(createPlugin('6.x'))).rejects.toThrow("expected '6.x' fastify version")
  })

  it('for this one are registered as they are', async () => {
    const app = createFastify()
    await app.register(createPlugin('5.x'))
    expect(app.hasPlugin('old-plugin')).toBe(true)
  })
})
