import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { javaProgram } from './java-program.js'

// Real processes on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

let dir: string
let env: NodeJS.ProcessEnv

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'java-program-test-'))
  await mkdir(join(dir, 'src/greeting'), { recursive: true })
  await mkdir(join(dir, 'bin'))
  await writeFile(join(dir, 'pom.xml'), '<project/>')
  await writeFile(join(dir, 'bin/mvn'), '#!/bin/sh\nfor a in "$@"; do case $a in -Dstack.jars=*) mkdir -p ${a#-Dstack.jars=}/program;; esac; done\n')
  await chmod(join(dir, 'bin/mvn'), 0o755)
  env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env.PATH}` }
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const write = (text: string): Promise<void> =>
  writeFile(join(dir, 'src/greeting/Main.java'), `package greeting; class Main { public static void main(String[] args) { ${text} } }`)
const program = () => javaProgram({ directory: dir, needs: 'nothing', main: 'greeting.Main', flags: ['-Xmx32m'], args: ['Ada'] }, { dir: join(dir, 'kept'), env })
const classes = (): Promise<string[]> => readdir(join(dir, 'kept/classes'))

it('compiles a program the first time and after a change, and runs it', async () => {
  await write('System.out.print("Hello " + args[0]);')
  const { command, args, env: more } = await program()
  expect((await promisify(execFile)(command, args, { env: { ...env, ...more } })).stdout).toBe('Hello Ada')
  await program()
  expect(await classes()).toHaveLength(1)
  await write('System.out.print("Bye");')
  await program()
  expect(await classes()).toHaveLength(2)
})

it('says what the compiler said, and leaves nothing', async () => {
  await write('int x = "text";')
  const failed = program()
  await expect(failed).rejects.toMatchObject({ code: 'JAVA_UNCOMPILED' })
  await expect(failed).rejects.toThrow(/could not be compiled[^]*incompatible types/)
  expect(await classes()).toEqual([])
})
