import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exampleAlert, largeAmount } from '../../domain/example-alert.js'
import { segmentsOf } from '../../domain/sms-segments.js'
import { exampleAddressee } from './examples.js'
import type { TemplateInvalid } from './invalid.js'
import { loadTexts, shippedDirectory } from './load.js'
import { OwnTexts } from './own-texts.fixture.js'
import { phraseKeys } from './phrases.js'
import { shippedTexts } from './shipped.fixture.js'

function refusal(spoil: (texts: OwnTexts) => void): string {
  using own = new OwnTexts()
  spoil(own)
  try {
    loadTexts(own.directory)
  } catch (error) {
    const { code, kind, message } = error as TemplateInvalid
    expect({ code, kind }).toEqual({ code: 'NOTIFY_TEMPLATE_INVALID', kind: 'fatal' })
    expect(message.startsWith(own.directory)).toBe(true)
    return message.slice(own.directory.length + 1)
  }
  return 'taken'
}

describe('the shipped texts', () => {
  it('are whole, in four languages', () => {
    expect([...shippedTexts.languages.keys()]).toEqual(['de', 'en', 'es', 'fr'])
  })

  it.each(['de', 'es', 'fr'])('say all that a customer is told in %s', (language) => {
    const { phrases } = JSON.parse(readFileSync(join(shippedDirectory, `${language}.json`), 'utf8')) as { phrases: Record<string, string> }
    const ofCustomers = phraseKeys.filter((key) => !/^(sms\.)?(ops|no_contact)(\.|$)/.test(key))
    expect(Object.keys(phrases).sort()).toEqual([...ofCustomers].sort())
  })
})

describe('texts that are wrong are refused as a whole', () => {
  it.each<[string, (texts: OwnTexts) => void, string | RegExp]>([
    ['a file that is no JSON', (own) => own.write('de.json', '{\n  "phrases": {\n    "greeting": "a",\n  }\n}\n'), /^de\.json:4: is no JSON: /],
    ['a list', (own) => own.write('de.json', '[]'), 'de.json: must be a JSON object with "phrases"'],
    ['a catalogue without phrases', (own) => own.write('de.json', '{}'), 'de.json: has no "phrases": an object of texts by key'],
    ['another part of a catalogue', (own) => own.write('de.json', '{\n"phrases": {},\n"words": {}\n}'), 'de.json:3 "words": is not known: a catalogue has "locale" and "phrases"'],
    ['a locale that is none', (own) => own.write('de.json', '{"locale": "no such", "phrases": {}}'), 'de.json:1 "locale": must be a locale that Intl knows, such as "en-GB"'],
    ['a file that is no language', (own) => own.write('de_AT.json', '{"phrases": {}}'), /^de_AT\.json: is not named after a language: call it <language>\.json/],
    ['an unknown key', (own) => own.replace('de.json', '"alert.ask"', '"alert.aks"'), /^de\.json:\d+ "alert\.aks": is not a known key: there are alert\.subject, .*alert\.ask/],
    ['a key without a group', (own) => own.replace('de.json', '"greeting"', '"hello"'), /^de\.json:3 "hello": is not a known key: there are greeting, footer$/],
    ['a text that is none', (own) => own.replace('de.json', '"Händler"', '7'), /^de\.json:\d+ "fact\.merchant": must be a text; leave the key out/],
    ['an empty text', (own) => own.replace('de.json', '"Händler"', '" "'), /"fact\.merchant": must be a text/],
    ['a text of two lines', (own) => own.replace('de.json', '"Händler"', '"Händler\\nBcc: x"'), /"fact\.merchant": must be one line/],
    ['a brace that is not closed', (own) => own.replace('de.json', '"Händler"', '"{"'), /^de\.json:\d+ "fact\.merchant": is no ICU MessageFormat \(.*\): close each \{ with a \}/],
    ['a select without other', (own) => own.replace('de.json', '"Händler"', '"{label, select, a {b}}"'), /"fact\.merchant": is no ICU MessageFormat .* give every plural and select an "other"/],
    ['a placeholder that is not known', (own) => own.replace('de.json', '{label}:', '{lable}:'), 'de.json:5 "fact.label": has no placeholder {lable}: use {label}'],
    ['one in a branch that is seldom taken', (own) => own.replace('de.json', '{einer Minute}', '{einer Minute {x}}'), /"duration\.minutes": has no placeholder \{x\}: use \{count\}/],
    ['a placeholder where there is none', (own) => own.replace('de.json', '"Händler"', '"Händler {name}"'), /has no placeholder \{name\}: take it out, this text has none/],
    ['a plural of a text', (own) => own.replace('de.json', '{label}:', '{label, plural, other {x}}:'), /cannot count \{label\}, which is a text/],
    ['a date', (own) => own.replace('de.json', '{label}:', '{label, date, short}:'), /cannot format \{label\} as a date or a time/],
    ['a phrase that English lacks', (own) => own.replace('en.json', '"fact.country": "Country",', ''), 'en.json "fact.country": is missing: add it, as other languages have it from here'],
    ['no English', (own) => own.remove('en.json'), 'en.json: is missing: English is what is said where a language says nothing'],
    ['a template that is missing', (own) => own.remove('ops.txt.hbs'), 'ops.txt.hbs: is missing: copy the one that is shipped'],
    ['a part that is missing', (own) => own.remove('button.html.hbs'), 'alert.html.hbs:6: there is no template button.html.hbs'],
    ['a tag that is not closed', (own) => own.write('alert.txt.hbs', 'a\n{{#if url}}\n{{url}}'), /^alert\.txt\.hbs:3: Parse error on line 3/],
    ['a value that is not known', (own) => own.write('alert.txt.hbs', '\n{{score}}'), 'alert.txt.hbs:2: "score" not defined: docs/messages.md tells what templates may use'],
    ['a helper that is not known', (own) => own.write('alert.txt.hbs', '{{shout url}}'), /^alert\.txt\.hbs:1: .*unknown helper shout/],
    ['a phrase that is not known', (own) => own.write('alert.txt.hbs', "\n\n{{say 'alert.aks' it}}"), /^alert\.txt\.hbs:3: there is no phrase alert\.aks/],
    ['a phrase without its values', (own) => own.write('alert.txt.hbs', "{{say 'alert.ask'}}\n{{say 'alert.opening'}}"), /^alert\.txt\.hbs:2: .*"outcome"/],
    ['a name that is not escaped', (own) => own.replace('facts.html.hbs', '{{value}}', '{{{value}}}'), 'facts.html.hbs:5: {{{value}}} lets markup from outside through: only frame.html.hbs may say it, of body alone'],
    ['one that is not escaped in another way', (own) => own.replace('facts.html.hbs', '{{value}}', '{{&value}}'), /^facts\.html\.hbs:5: .* lets markup from outside through/],
    ['a question without its link', (own) => own.replace('alert.txt.hbs', '{{url}}', ''), 'alert.txt.hbs: does not show the link to the question: it is in url, or in the url of each item'],
    ['a digest without links', (own) => own.replace('digest.html.hbs', '{{url}}', '#'), /^digest\.html\.hbs: does not show the link/],
    ['an SMS without its code', (own) => own.replace('fr.json', '{OUI {code} ou NON {code}}', '{OUI ou NON}'), 'fr.json "sms.ask": does not show {code}: without it the answer cannot be understood'],
    ['a template that says nothing', (own) => own.write('confirmation.txt.hbs', '\n'), /says nothing for the example confirmation/],
  ])('%s', (_what, spoil, message) => {
    expect(refusal(spoil)).toMatch(message)
  })

  it('no directory at all', () => {
    const nowhere = join(shippedDirectory, 'nowhere')
    expect(() => loadTexts(nowhere)).toThrow(/nowhere.*: cannot be read \(ENOENT.*\): TEMPLATES_DIR must name a directory of texts/)
  })
})

describe('texts of one\'s own', () => {
  const text = (own: OwnTexts, language: string) => loadTexts(own.directory).email({ kind: 'alert', alert: exampleAlert(), question: null }, exampleAddressee(language)).text

  it('are taken', () => {
    using own = new OwnTexts()
    own.replace('en.json', 'Hello', 'Dear')
    expect(text(own, 'en')).toMatch(/^Dear Jane,/)
  })

  it('of a new language say in English what it does not', () => {
    using own = new OwnTexts()
    own.language('it', { greeting: 'Buongiorno{hasName, select, yes { {name}} other {}},', 'fact.country': 'Paese' })
    expect(text(own, 'it-CH')).toMatch(/^Buongiorno Jane,\n\nWe declined a payment/)
    expect(text(own, 'it-CH')).toContain('Paese:    Singapore')
  })

  it('may lie among other files', () => {
    using own = new OwnTexts()
    own.write('README', 'Ours.')
    own.write('.de.json.swp', '{')
    expect(text(own, 'en')).toMatch(/^Hello/)
  })
})

describe('an SMS of a language whose words are not in the GSM alphabet', () => {
  const greek = {
    'sms.alert': 'Swipestream: {amount}{hasMerchant, select, yes { στο {merchant}} other {}}, κάρτα {last4}, {when}{hasReason, select, yes {: {reason}} other {}}. {ask}',
    'sms.reason.large': 'μεγάλο ποσό',
    'sms.call': 'Δεν ήσασταν εσείς; Καλέστε μας.',
  }
  const sms = (merchant_name: string | null) => {
    using own = new OwnTexts()
    own.language('el', greek)
    return loadTexts(own.directory).sms({ kind: 'alert', alert: exampleAlert({ merchant_name, reasons: [largeAmount] }), question: null }, exampleAddressee('el'))
  }

  it('changes no letter of what comes from outside', () => {
    expect(sms('Façade 東京')).toContain('στο Façade 東京, κάρτα 1234')
  })

  it('has room for names in as many segments as the rest takes', () => {
    expect(segmentsOf(sms(null))).toBe(2)
    expect(segmentsOf(sms('Ж'.repeat(200)))).toBe(2)
    expect(sms('Ж'.repeat(200))).toMatch(/στο Ж+\.\.\., κάρτα 1234, .*: μεγάλο ποσό\. Δεν ήσασταν εσείς; Καλέστε μας\.$/)
  })

  it('is one segment when that is enough', () => {
    using own = new OwnTexts()
    own.language('el', { ...greek, 'sms.alert': 'Κάρτα {last4}: {amount}{hasMerchant, select, yes {, {merchant}} other {}}{hasReason, select, yes {: {reason}} other {}}. {ask}', 'sms.call': 'Καλέστε μας.' })
    const short = loadTexts(own.directory).sms({ kind: 'alert', alert: exampleAlert({ merchant_name: 'Ж'.repeat(60), reasons: [largeAmount] }), question: null }, exampleAddressee('el'))
    expect(segmentsOf(short)).toBe(1)
    expect(short).toMatch(/^Κάρτα 1234: 1\.499,00 EUR, Ж+\.\.\.: μεγάλο ποσό\. Καλέστε μας\.$/)
  })
})
