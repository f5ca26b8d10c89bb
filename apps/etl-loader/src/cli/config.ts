/** The environment of this process: each command reads of it what it needs. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}
