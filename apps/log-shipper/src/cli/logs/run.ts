import { type Output, runCommand, UsageError } from '@swipestream/messaging'
import { detection, detectionHelp, detectionOptions } from '../detection.js'
import { parseFile, parseHelp, parseOptions, type ParseStreams } from '../parse.js'

const help = `Usage: npm run logs -- <command> [options] [--json]

${parseHelp}

${detectionHelp}

  --json         print one JSON object as the last line; "broken" lists what does not hold
  --help         print this

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

const options = { ...detectionOptions, ...parseOptions } as const

/** Runs the logs command; the exit code. */
export function run(args: readonly string[], streams: ParseStreams, output: Output): Promise<number> {
  return runCommand(
    {
      script: 'logs',
      help,
      options,
      async perform(command, names, values, progress) {
        if (command === 'parse') return parseFile(names, values, streams, Date.now(), progress)
        if (command === 'detection') return detection(names, values)
        throw new UsageError(`no such command: ${command}`)
      },
    },
    args,
    output,
  )
}
