import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameWriter } from './frame-writer.ts'
import {
  encodeFrame,
  FrameReader,
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
  ProtocolError,
  toWorkerFrame
} from './protocol.ts'

interface Vectors {
  frames: {
    name: string
    from: string
    header: unknown
    headerText: string
    bodyHex: string
    frameHex: string
  }[]
  invalid: { name: string; hex: string }[]
}

interface Decoded {
  header: unknown
  body: string
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../workers/protocol/vectors.json', import.meta.url), 'utf8')
) as Vectors

function decode(chunks: readonly Buffer[]): Decoded[] {
  const frames: Decoded[] = []
  const reader = new FrameReader((header, body) => frames.push({ header, body: body.toString('hex') }))
  for (const chunk of chunks) reader.push(chunk)
  return frames
}

function cutAt(bytes: Buffer, points: readonly number[]): Buffer[] {
  const sorted = [
    0,
    ...points.map((point) => point % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length
  ]
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

it('parses answers with the same status and headers once, and tells them apart all the same', () => {
  const texts = [
    '{"k":"answer","i":1,"s":200,"h":{"a":"1"}}',
    '{"k":"answer","i":22,"s":200,"h":{"a":"1"}}',
    '{"k":"answer","i":3,"s":200,"h":{"a":"1"},"t":5}',
    '{"k":"answer","i":22,"s":201,"h":{"a":"1"}}',
    '{"k":"answer","i":4,"s":200,"h":{"a":["1"]}}',
    '{"k":"answer","i":5,"s":200,"h":{"a":["1"]}}',
    '{"k":"answer","i":6,"s":200,"h":{},"i":7}',
    '{"k":"answer","i":8,"s":200,"h":{},"i":7}'
  ]
  const decoded = decode(texts.map((text) => encodeFrame(text)))
  expect(decoded.map(({ header }) => header)).toEqual(texts.map((text) => JSON.parse(text) as unknown))
  expect(() =>
    decode(
      ['{"k":"answer","i":1,"s":200}', '{"k":"answer","i":0x1,"s":200}'].map((text) => encodeFrame(text))
    )
  ).toThrow(ProtocolError)
})

describe('golden vectors', () => {
  for (const { name, header, headerText, bodyHex, frameHex } of vectors.frames) {
    it(`decodes and encodes: ${name}`, () => {
      const bytes = Buffer.from(frameHex, 'hex')
      expect(decode([bytes])).toEqual([{ header, body: bodyHex }])
      expect(encodeFrame(headerText, Buffer.from(bodyHex, 'hex')).toString('hex')).toBe(frameHex)
    })
  }

  for (const { name, hex } of vectors.invalid) {
    it(`refuses: ${name}`, () => {
      expect(() => decode([Buffer.from(hex, 'hex')])).toThrow(ProtocolError)
    })
  }

  it('accepts every frame a worker sends, and ignores a kind it does not know', () => {
    for (const { from, header, name } of vectors.frames) {
      if (from === 'worker') expect(toWorkerFrame(header), name).toBeDefined()
    }
    expect(toWorkerFrame({ k: 'weather', i: 1 })).toBeUndefined()
  })
})

describe('FrameReader', () => {
  const stream = Buffer.concat(vectors.frames.map(({ frameHex }) => Buffer.from(frameHex, 'hex')))
  const whole = decode([stream])

  it('gives the same frames byte by byte', () => {
    expect(decode(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(whole)
  })

  it('gives the same frames when cut at any one point', () => {
    for (let point = 0; point <= stream.length; point++) {
      expect(decode([stream.subarray(0, point), stream.subarray(point)])).toEqual(whole)
    }
  })

  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (points) => {
        expect(decode(cutAt(stream, points))).toEqual(whole)
      })
    )
  })

  it('returns any header and body that were encoded', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.uint8Array(),
        fc.nat(),
        (header, body, point) => {
          const frame = encodeFrame(JSON.stringify(header), body)
          const text = Buffer.from(body).toString('hex')
          expect(decode(cutAt(frame, [point]))).toEqual([
            { header: JSON.parse(JSON.stringify(header)), body: text }
          ])
        }
      )
    )
  })

  it('waits or throws a ProtocolError for random bytes, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, point) => {
        try {
          decode(cutAt(Buffer.from(bytes), [point]))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 2000 }
    )
  })

  it('refuses lengths above the limits before it allocates for them', () => {
    const lengths = Buffer.alloc(8)
    lengths.writeUInt32BE(MAX_HEADER_BYTES + 1, 0)
    expect(() => decode([lengths])).toThrow(/frame header of 1048577 bytes/)
    lengths.writeUInt32BE(1, 0)
    lengths.writeUInt32BE(MAX_BODY_BYTES + 1, 4)
    expect(() => decode([lengths.subarray(0, 5), lengths.subarray(5)])).toThrow(/frame body/)
  })

  it('is idle only between frames', () => {
    const reader = new FrameReader(() => {})
    expect(reader.isIdle).toBe(true)
    reader.push(stream.subarray(0, 3))
    expect(reader.isIdle).toBe(false)
    reader.push(stream.subarray(3))
    expect(reader.isIdle).toBe(true)
  })
})

describe('toWorkerFrame', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('answer', 'head', 'fail', 'log', 'ready', 'done', 1, 200)
  )

  it('returns a frame or throws a ProtocolError for any JSON object', () => {
    fc.assert(
      fc.property(
        fc.record({ k: anything, i: anything, s: anything, h: anything, c: anything, m: anything }),
        (header) => {
          try {
            toWorkerFrame(header)
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError)
          }
        }
      )
    )
  })

  it('refuses an answer with a status or headers HTTP does not have', () => {
    expect(() => toWorkerFrame({ k: 'answer', i: 1, s: 99, h: {} })).toThrow(ProtocolError)
    expect(() => toWorkerFrame({ k: 'answer', i: 1, s: 200, h: { a: 1 } })).toThrow(ProtocolError)
    expect(() => toWorkerFrame({ k: 'answer', i: 'x', s: 200, h: {} })).toThrow(ProtocolError)
  })
})

describe('FrameWriter', () => {
  it('joins the frames of one turn into one write', async () => {
    const stream = new PassThrough()
    const writer = new FrameWriter(stream)
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    for (const { headerText, bodyHex } of vectors.frames)
      writer.write(headerText, Buffer.from(bodyHex, 'hex'))
    await new Promise((resolve) => stream.once('data', resolve))
    expect(chunks).toHaveLength(1)
    expect(decode(chunks)).toHaveLength(vectors.frames.length)
  })

  it('keeps the order of small and large frames', async () => {
    const stream = new PassThrough({ highWaterMark: 1 << 24 })
    const writer = new FrameWriter(stream)
    const sizes = [0, 10, 70_000, 5, 200_000, 65_000, 65_000, 1]
    sizes.forEach((size, index) => writer.write(`{"i":${index}}`, Buffer.alloc(size, index)))
    writer.flush()
    stream.end()
    const frames = decode((await stream.toArray()) as Buffer[])
    expect(frames.map(({ header, body }) => [header, body.length / 2])).toEqual(
      sizes.map((size, i) => [{ i }, size])
    )
  })
})
