import { describe, expect, it } from 'vitest'
import { toListenOptions } from './listen.ts'

describe('toListenOptions', () => {
  it.each([
    [[], undefined],
    [[undefined], undefined],
    [[3000], { port: 3000 }],
    [['3000'], { port: 3000 }],
    [[3000, '0.0.0.0', 16], { port: 3000, host: '0.0.0.0', backlog: 16 }],
    [[null, '127.0.0.1'], { port: 0, host: '127.0.0.1' }],
    [['/run/app.sock'], { path: '/run/app.sock' }],
    [[{ port: 1, exclusive: true }], { port: 1, exclusive: true }]
  ])('%j is %j', (values, options) => {
    expect(toListenOptions(values)).toEqual(options)
  })
})
