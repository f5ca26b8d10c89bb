#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { newApiKey } from './new-api-key.js'

const { code, out, err } = newApiKey(process.argv.slice(2), randomBytes(32).toString('base64url'))
process.stdout.write(out)
process.stderr.write(err)
process.exitCode = code
