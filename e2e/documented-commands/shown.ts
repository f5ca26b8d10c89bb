import type { Block } from './page.js'

/**
 * Whether an output is what a page shows. `…` stands for what varies: within a line of text, in a line of its own for
 * any lines, in JSON for anything. JSON may be broken into lines otherwise than the page does.
 */
export function isAsShown(output: string, { language, text }: NonNullable<Block['shown']>): boolean {
  if (language === 'json') return patternOf(text.replaceAll(/\s/g, ''), '[^]*?').test(output.replaceAll(/\s/g, ''))
  const lines = text.trimEnd().split('\n').map((line) => line.trimEnd())
  const pattern = lines.map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${sourceOf(line, '.*')}[ \t]*\n`)).join('')
  return new RegExp(`^${pattern}$`).test(`${output.trimEnd()}\n`)
}

function patternOf(text: string, anything: string): RegExp {
  return new RegExp(`^${sourceOf(text, anything)}$`)
}

function sourceOf(text: string, anything: string): string {
  return text.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join(anything)
}
