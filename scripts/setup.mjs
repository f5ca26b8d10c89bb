// What every script of package.json needs before it runs: the packages, and the build. Plain JavaScript without
// packages, for it runs first on a fresh clone, on whatever Node (20 or newer) the machine has.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`Swipestream needs Node 20 or newer; this is ${process.version}. Get it at https://nodejs.org`)

// npm writes this file last: with it there and newer than the lock file, the packages are what the lock file says.
const installed = 'node_modules/.package-lock.json'
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  say('Installing packages (npm ci)…')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}
// Node 24 from the npm package `node`, also when npm put the machine's own first on the path.
run('node_modules/.bin/tsc', ['-b'])

function run(command, args) {
  const windows = process.platform === 'win32'
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], shell: windows })
  if (error) fail(`${command} could not be run: ${error.message}`)
  if (status !== 0) fail(`${command} ${args.join(' ')} failed (${status})`)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(line) {
  say(line)
  process.exit(1)
}
