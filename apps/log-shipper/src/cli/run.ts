import { type Output, runCommands } from '@swipestream/messaging'
import * as detection from './detection.js'
import * as parse from './parse.js'
import * as ship from './ship.js'
import * as status from './status.js'
import * as tail from './tail.js'
import * as templates from './templates.js'

/** Runs `npm run logs`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommands('logs', { ship, status, parse, tail, templates, detection }, args, env, output)
}
