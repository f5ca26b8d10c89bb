import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils'
import type { CompressionTypes } from 'kafkajs'
import type { Compression } from '../ports.js'
import { CompressionCodecs, compressionTypes as types } from './protocol.js'

export const compressionTypes: Readonly<Record<Compression, CompressionTypes>> = {
  none: types.None,
  gzip: types.GZIP,
  snappy: types.Snappy,
  lz4: types.LZ4,
  zstd: types.ZSTD,
}

/** Begins what Java's clients compress by Snappy: xerial's frames, each a length of 4 bytes and a block. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const xerialHeaderLength = 16

const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) }

/** The client brings gzip; the others are given to it here. */
CompressionCodecs[types.Snappy] = codec(snappyCompress, snappyOf)
CompressionCodecs[types.LZ4] = codec(lz4Compress, lz4Decompress)
CompressionCodecs[types.ZSTD] = codec(zstd.compress, zstd.decompress)

function codec(compress: (bytes: Buffer) => Buffer | Promise<Buffer>, decompress: (bytes: Buffer) => Buffer | Promise<Buffer>) {
  const both = {
    compress: async ({ buffer }: { readonly buffer: Buffer }) => compress(buffer),
    decompress: async (bytes: Buffer) => decompress(bytes),
  }
  return () => both
}

function snappyOf(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappyDecompress(bytes)
  const blocks: Buffer[] = []
  for (let at = xerialHeaderLength; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    blocks.push(snappyDecompress(bytes.subarray(at + 4, end)))
    at = end
  }
  return Buffer.concat(blocks)
}
