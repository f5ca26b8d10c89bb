#!/usr/bin/env node
import { environment } from '../config.js'
import { run } from './run.js'

process.exitCode = await run(process.argv.slice(2), environment(), { out: (line) => console.log(line), err: (line) => console.error(line) })
