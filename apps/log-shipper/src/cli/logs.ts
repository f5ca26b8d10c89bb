#!/usr/bin/env node
import { run } from './logs/run.js'
import { patientWriter } from './logs/standard-streams.js'

const write = patientWriter(process.stdout)
process.exitCode = await run(process.argv.slice(2), { stdin: process.stdin, write }, { out: (line) => console.log(line), err: (line) => console.error(line) })
