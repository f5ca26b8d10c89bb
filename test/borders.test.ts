import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let copy: string

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'borders-'))
  copyFileSync(join(root, '.oxlintrc.json'), join(copy, '.oxlintrc.json'))
})
afterAll(() => rmSync(copy, { recursive: true }))

/** What `npm run lint` says of a file with this code in this place. */
function lint(file: string, code: string): string {
  const path = join(copy, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${code}\n`)
  const { stdout, status } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--deny-warnings', file], { cwd: copy, encoding: 'utf8' })
  rmSync(path)
  return status === 0 ? '' : stdout
}

describe('lint stops what crosses a border', () => {
  it.each([
    ['libs/contracts/src/x.ts', "import { CodedError } from '@swipestream/platform'; export const x = CodedError", 'imports no other of the house'],
    ['libs/contracts/src/x.ts', "import { Module } from '@nestjs/common'; export const x = Module", 'Contracts import no framework'],
    ['libs/platform/src/x.ts', "import { topics } from '@swipestream/contracts'; export const x = topics", 'imports no other of the house'],
    ['libs/messaging/src/x.ts', "import { x } from '@swipestream/notifier'; export const y = x", 'Nothing imports an app'],
    ['libs/messaging/src/x.ts', "import { startStack } from '@swipestream/stack'; export const x = startStack", 'Nothing imports an app'],
    ['libs/messaging/src/consumer/x.ts', "import { Consumer } from '@platformatic/kafka'; export const x = Consumer", 'its own adapter only'],
    ['apps/notifier/src/app/x.ts', "import { Kafka } from 'kafkajs'; export const x = Kafka", 'its own adapter only'],
    ['apps/notifier/src/app/x.ts', "import { x } from '@swipestream/fraud-service'; export const y = x", 'Nothing imports an app'],
    ['apps/notifier/src/app/x.ts', "import { x } from '../../../../apps/fraud-service/src/config.js'; export const y = x", 'Nothing imports an app'],
    ['apps/notifier/src/app/x.ts', "import { x } from '@swipestream/messaging/dist/publisher.js'; export const y = x", 'Import the package by its name'],
    ['bench/src/messaging/x.ts', "import { decide } from '@swipestream/fraud-service/engine'; export const x = decide", 'Import the package by its name'],
    ['apps/notifier/src/app/x.ts', 'export const x = process.env.HOME', 'process.env'],
    ['apps/notifier/src/domain/x.ts', "import { Injectable } from '@nestjs/common'; export const x = Injectable", 'A domain imports its own files'],
    ['apps/notifier/src/domain/x.ts', "import { readFileSync } from 'node:fs'; export const x = readFileSync", 'A domain imports its own files'],
    ['apps/notifier/src/domain/x.ts', "import { topics } from '@swipestream/contracts'; export const x = topics", 'A domain takes only types'],
    ['apps/notifier/src/domain/x.ts', "import { x } from '../db/repository.js'; export const y = x", 'A domain knows nothing of the rooms'],
    ['apps/notifier/src/domain/rules/x.ts', "import { x } from '../../config.js'; export const y = x", 'A domain knows nothing of the rooms'],
    ['apps/notifier/src/domain/x.ts', 'export const x = process.pid', 'A domain has no process'],
  ])('%s: %s', (file, code, message) => {
    expect(lint(file, code)).toContain(message)
  })

  it.each([
    ['libs/messaging/src/kafka/platformatic/x.ts', "import { Consumer } from '@platformatic/kafka'; export const x = Consumer"],
    ['libs/messaging/src/x.ts', "import { topics } from '@swipestream/contracts'; export const x = topics"],
    ['apps/notifier/src/app/x.ts', "import { Consume } from '@swipestream/messaging'; export const x = Consume"],
    ['apps/notifier/src/config.ts', 'export const x = process.env.HOME'],
    ['apps/notifier/src/domain/x.ts', "import type { Transaction } from '@swipestream/contracts'; export type X = Transaction"],
    ['apps/notifier/src/domain/x.ts', "import { inUnits } from '@swipestream/contracts/money'; export const x = inUnits"],
    ['apps/notifier/src/domain/rules/x.ts', "import { x } from '../travel.js'; export const y = x"],
    ['bench/src/fraud-quality/x.ts', "import { decide } from '@swipestream/fraud-service/engine'; export const x = decide"],
    ['apps/notifier/test/x.int.test.ts', "import { eventually } from '@swipestream/messaging/testing'; export const x = eventually"],
  ])('and lets pass what does not: %s: %s', (file, code) => {
    expect(lint(file, code)).toBe('')
  })
})
