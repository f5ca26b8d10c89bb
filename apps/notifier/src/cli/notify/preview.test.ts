import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { OwnTexts } from '../../app/texts/own-texts.fixture.js'
import { run } from './run.js'

const folder = mkdtempSync(join(tmpdir(), 'preview-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function notify(...args: readonly string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, {}, { out: (line) => out.push(line), err: (line) => err.push(line) })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('npm run notify -- preview', () => {
  it('prints an e-mail as it would be sent', async () => {
    const { code, out } = await notify('preview', 'declined')
    expect(code).toBe(0)
    expect(out).toMatch(/^== declined, email, en\nSubject: We declined a payment of EUR 1,499\.00 on your card ending 1234\n\nHello Jane,\n/)
  })

  it('prints one of each kind, when none is named', async () => {
    const { out } = await notify('preview')
    expect(out.match(/^== \w+/gm)).toEqual(['alert', 'declined', 'blocked', 'digest', 'confirmation', 'legitimate', 'no_contact', 'ops'].map((name) => `== ${name}`))
  })

  it('prints an SMS, and what it takes', async () => {
    const { out } = await notify('preview', 'alert', '--channel', 'sms', '--language', 'de-AT')
    expect(out).toContain('Waren Sie das? Antwort: JA 27 oder NEIN 27.\n1 segment, 155 places of the GSM alphabet')
  })

  it('prints what the app shows', async () => {
    const { out } = await notify('preview', 'confirmation', '--channel', 'inbox', '--language', 'fr')
    expect(out).toMatch(/^== confirmation, inbox, fr\nVotre carte se terminant par 1234 est bloquée\n\nMerci\./)
  })

  it('takes an alert from a file, as far as it is one', async () => {
    const { out } = await notify('preview', 'declined', '--channel', 'sms', '--alert', file('alert.json', '{"merchant_name": "Żabka", "amount_minor": 200}'))
    expect(out).toContain('we declined EUR 2.00 at Zabka, card ending 1234')
    const ops = await notify('preview', 'ops', '--channel', 'sms', '--alert', file('ops.json', '{"service": "etl-loader", "count": 1}'))
    expect(ops.out).toContain('[critical] etl-loader FRAUD_RULE_FAILED: ')
  })

  it('writes the HTML to a file', async () => {
    const html = join(folder, 'mail.html')
    const { code, out } = await notify('preview', 'digest', '--language', 'es', '--html', html)
    expect(code).toBe(0)
    expect(out).toContain(`HTML: ${html}`)
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>\n<html lang="es">/)
  })

  it('is made of the texts in a directory, which are checked', async () => {
    using own = new OwnTexts()
    own.replace('en.json', 'Hello', 'Dear')
    expect((await notify('preview', 'alert', '--dir', own.directory)).out).toContain('Dear Jane,')
    own.remove('frame.txt.hbs')
    const { code, err } = await notify('preview', 'alert', '--dir', own.directory)
    expect(code).toBe(1)
    expect(err).toContain(`NOTIFY_TEMPLATE_INVALID: ${join(own.directory, 'frame.txt.hbs')}: is missing`)
  })

  it('prints one object for programs', async () => {
    const { out, err } = await notify('preview', 'legitimate', '--channel', 'sms', '--json')
    expect(JSON.parse(out)).toEqual({
      command: 'preview',
      messages: [{ name: 'legitimate', text: expect.stringMatching(/^Swipestream: thank you\./), segments: 1, alphabet: 'gsm7', size: 110 }],
      broken: [],
    })
    expect(err).toContain('== legitimate, sms, en')
  })

  it.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['show'], 'no such command: show'],
    ['an option before the command', ['--channel', 'sms', 'preview'], '--channel'],
    ['an unknown option', ['preview', '--chanel', 'sms'], '--chanel'],
    ['an unknown message', ['preview', 'alrt'], 'there is no message alrt: there are alert, declined'],
    ['an unknown channel', ['preview', '--channel', 'fax'], '--channel takes email, sms, inbox, not fax'],
    ['HTML of several', ['preview', '--html', 'x'], '--html is for one e-mail'],
    ['HTML of an SMS', ['preview', 'alert', '--channel', 'sms', '--html', 'x'], '--html is for one e-mail'],
    ['HTML where nothing can be written', ['preview', 'alert', '--html', join(folder, 'no', 'x')], 'cannot be written: ENOENT'],
    ['a file that is not there', ['preview', 'alert', '--alert', join(folder, 'no.json')], 'cannot be read: ENOENT'],
    ['a file that is no alert', ['preview', 'alert', '--alert', file('bad.json', '{"amount_minor": "1", "score": 1.5}')], 'is no alert: score: '],
    ['a field that no alert has', ['preview', 'alert', '--alert', file('more.json', '{"merchant": "x"}')], 'merchant'],
    ['one alert for both kinds', ['preview', 'ops', 'alert', '--alert', file('both.json', '{}')], '--alert is of a payment or'],
  ])('%s is a wrong use: 2', async (_what, args, message) => {
    const { code, out, err } = await notify(...args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(message)
  })

  it('--help tells the commands, and what one of them takes', async () => {
    expect((await notify('--help')).out).toContain('preview      print messages')
    const { code, out } = await notify('preview', '--help')
    expect(code).toBe(0)
    for (const word of ['--channel', '--language', '--alert', '--dir', '--html', '--json', 'no_contact', 'Exit code']) expect(out).toContain(word)
  })
})
