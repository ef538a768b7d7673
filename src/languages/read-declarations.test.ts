import { describe, expect, it } from 'vitest'
import { readDeclarations } from './read-declarations.ts'

describe('a file of a compiled language', () => {
  it.each([
    ['go', 'package main\n\nfunc handler(event map[string]any) any {\n'],
    ['go', 'package main\n\nfunc Handler(event map[string]any) any {\n'],
    ['rust', 'pub fn handler(event: Value) -> Value {\n'],
    ['rust', 'pub async fn handler(event: Value) -> Value {\n'],
    ['rust', 'pub fn main(event: Value) -> Value {\n']
  ] as const)('declares a handler: %s %j', (language, source) => {
    expect(readDeclarations(language, source)).toEqual(['handler'])
  })

  it.each([
    ['go', 'package main\n\nfunc main() {\n'],
    ['go', 'package main\n\n// func handler(\nfunc handlers(x int) {\n'],
    ['rust', 'fn main() {\n'],
    ['rust', 'pub fn main() {\n'],
    ['rust', 'pub fn handlers() {\n']
  ] as const)('is a program or a helper: %s %j', (language, source) => {
    expect(readDeclarations(language, source)).toEqual([])
  })

  it('declares the function that its configuration names', () => {
    expect(readDeclarations('go', 'package main\n\nfunc show() any {\n', 'show')).toEqual(['show'])
  })
})
