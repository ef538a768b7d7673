import type { StyleName } from '../routes/route.ts'
import { contextStyle } from './context.ts'
import { eventStyle } from './event.ts'
import { replyStyle } from './reply.ts'
import type { Style } from './style.ts'
import { webStyle } from './web.ts'

const styles: Readonly<Record<StyleName, Style>> = {
  reply: replyStyle,
  event: eventStyle,
  context: contextStyle,
  web: webStyle
}

export function pickStyle(name: StyleName): Style {
  return styles[name]
}
