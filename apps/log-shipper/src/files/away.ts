/** Whether it is a file that is not there, or that may not be read. */
export function isAway(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ESTALE', 'ENXIO', 'EIO', 'EBUSY', 'EMFILE', 'ENFILE'].includes(String(error.code))
}
