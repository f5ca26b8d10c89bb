import { renameSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger } from '@swipestream/platform'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { exampleAlert } from '../../domain/example-alert.js'
import type { ToTell } from '../../domain/to-tell.js'
import { exampleAddressee, examples } from './examples.js'
import type { TemplateInvalid } from './invalid.js'
import { shippedDirectory } from './load.js'
import { OwnTexts } from './own-texts.fixture.js'
import { TemplateStore } from './template-store.js'

const logger = createLogger({ service: 'notifier', level: 'silent' })
const alert: ToTell = { kind: 'alert', alert: exampleAlert(), question: null }
const jane = exampleAddressee('en')
/** A machine that does much else reads slowly. */
const eventually = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 10 })

describe('the store of texts', () => {
  let store: TemplateStore | undefined
  let own: OwnTexts | undefined

  afterEach(() => {
    store?.onModuleDestroy()
    own?.[Symbol.dispose]()
    store = own = undefined
  })

  /** Reads a copy of the shipped texts, and looks at them often. */
  function started() {
    own = new OwnTexts()
    store = new TemplateStore({ directory: own.directory, logger, pollMs: 5 })
    const told: string[] = []
    store.listen({ onInvalid: (error) => told.push(`invalid: ${error.message.slice(own!.directory.length + 1)}`), onValid: () => told.push('valid') })
    store.onApplicationBootstrap()
    const greeting = () => store!.email(alert, jane).text.split('\n')[0]
    return { own, store, told, greeting }
  }

  it('has the shipped texts, when it is given no others', () => {
    store = new TemplateStore({ logger })
    expect(store.email(alert, jane).text).toMatch(/^Hello Jane,/)
    expect(store.sms(alert, jane)).toMatch(/^Swipestream: we declined/)
    expect(store.inbox(alert, jane).title).toMatch(/^We declined/)
  })

  it('does not begin with texts that are wrong', () => {
    own = new OwnTexts()
    own.remove('en.json')
    const { directory } = own
    expect(() => new TemplateStore({ directory, logger })).toThrow(expect.objectContaining({ code: 'NOTIFY_TEMPLATE_INVALID', kind: 'fatal' }))
  })

  it('takes a change of a file while it runs', async () => {
    const { own: files, told, greeting } = started()
    files.replace('en.json', 'Hello', 'Dear')
    await eventually(() => expect(greeting()).toBe('Dear Jane,'))
    expect(told).toEqual([])
  })

  it('goes on with the last good texts when a file is wrong, says so once, and says when it is mended', async () => {
    const { own: files, told, greeting } = started()
    files.replace('en.json', 'Hello', 'Dear')
    await eventually(() => expect(greeting()).toBe('Dear Jane,'))
    files.replace('en.json', 'Dear{', 'Dear{{')
    await eventually(() => expect(told).toHaveLength(1))
    expect(told[0]).toMatch(/^invalid: en\.json:4 "greeting": is no ICU MessageFormat/)
    expect(greeting()).toBe('Dear Jane,')
    files.replace('en.json', 'Dear{{', 'Good morning{')
    await eventually(() => expect(told).toHaveLength(2))
    expect(told[1]).toBe('valid')
    expect(greeting()).toBe('Good morning Jane,')
  })

  it('tells of each wrong state anew', async () => {
    const { own: files, told } = started()
    files.write('de.json', '{')
    await eventually(() => expect(told).toHaveLength(1))
    files.write('de.json', '[]')
    await eventually(() => expect(told).toHaveLength(2))
    expect(told[1]).toBe('invalid: de.json: must be a JSON object with "phrases"')
  })

  it('goes on when the directory is gone, and takes it when it is back', async () => {
    const { own: files, told, greeting } = started()
    renameSync(files.directory, `${files.directory}.away`)
    await eventually(() => expect(told).toHaveLength(1))
    expect(told[0]).toContain('cannot be read')
    expect(greeting()).toBe('Hello Jane,')
    renameSync(`${files.directory}.away`, files.directory)
    await eventually(() => expect(told).toEqual([told[0], 'valid']))
  })

  it('notices a change that leaves time and size as they were', async () => {
    const { own: files, greeting } = started()
    const when = new Date(2026, 1, 1)
    utimesSync(join(files.directory, 'en.json'), when, when)
    await eventually(() => expect(greeting()).toBe('Hello Jane,'))
    using other = new OwnTexts()
    other.replace('en.json', 'Hello', 'Howdy')
    utimesSync(join(other.directory, 'en.json'), when, when)
    renameSync(join(other.directory, 'en.json'), join(files.directory, 'en.json'))
    await eventually(() => expect(greeting()).toBe('Howdy Jane,'))
  })

  it('goes on when its listener fails', async () => {
    const { own: files, store: failing, greeting } = started()
    const onInvalid = vi.fn((_error: TemplateInvalid) => { throw new Error('not now') })
    failing.listen({ onInvalid, onValid: () => undefined })
    files.write('de.json', '{')
    await eventually(() => expect(onInvalid).toHaveBeenCalledOnce())
    files.write('de.json', '{"phrases": {}}')
    files.replace('en.json', 'Hello', 'Dear')
    await eventually(() => expect(greeting()).toBe('Dear Jane,'))
  })

  describe('when one message cannot be made of texts that passed', () => {
    /** Fails for the one amount that no example has. */
    const trap = "{{#if (is it.amount 'EUR 6,666.66')}}{{trap}}{{/if}}\n"
    const rare: ToTell = { kind: 'alert', alert: exampleAlert({ amount_minor: 666_666 }), question: null }

    it('tells it in the shipped texts, and says so once', () => {
      own = new OwnTexts()
      own.replace('alert.txt.hbs', "{{say 'alert.opening' it}}", `${trap}{{say 'alert.opening' it}}`)
      own.replace('en.json', 'Hello', 'Dear')
      store = new TemplateStore({ directory: own.directory, logger })
      const onInvalid = vi.fn((_error: TemplateInvalid) => undefined)
      store.listen({ onInvalid, onValid: () => undefined })
      for (const said of [store.email(rare, jane).text, store.email(rare, jane).text]) expect(said).toMatch(/^Hello Jane,[^]*EUR 6,666\.66/)
      expect(store.email(alert, jane).text).toMatch(/^Dear Jane,/)
      expect(onInvalid.mock.calls.map(([error]) => error.message)).toEqual([`${join(own.directory, 'alert.txt.hbs')}:1: "trap" not defined: docs/messages.md tells what templates may use`])
    })

    it('fails, and says so, when the shipped ones cannot either', () => {
      store = new TemplateStore({ logger })
      const onInvalid = vi.fn((_error: TemplateInvalid) => undefined)
      store.listen({ onInvalid, onValid: () => undefined })
      expect(() => store?.email({ kind: 'digest', alerts: [] }, jane)).toThrow('a message of several alerts has none')
      expect(onInvalid).toHaveBeenCalledOnce()
      expect(onInvalid.mock.calls[0]?.[0].message).toBe(`${shippedDirectory}: a message could not be made: a message of several alerts has none`)
    })
  })

  it('tells all there is to tell', () => {
    store = new TemplateStore({ logger })
    for (const { what } of examples()) {
      expect(store.email(what, jane).subject).not.toBe('')
      expect(store.sms(what, jane)).not.toBe('')
      expect(store.inbox(what, jane).body).not.toBe('')
    }
  })
})
