import { expect, test } from 'vitest'
import { documentId } from './document-id.js'

const line = { file_key: 'web1/ab12', generation: 0, offset: 4711 }

test('an entry has one id, however often it is sent', () => {
  expect(documentId(line)).toBe('web1/ab12:0:4711')
  expect(documentId({ ...line })).toBe(documentId(line))
})

test.each([{ file_key: 'web2/ab12' }, { generation: 1 }, { offset: 4712 }])('another machine, generation or byte is another id: %j', (other) => {
  expect(documentId({ ...line, ...other })).not.toBe(documentId(line))
})
