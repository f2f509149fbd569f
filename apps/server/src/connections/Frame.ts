// WebSocket frames as a server sends them: final and unmasked (RFC 6455, 5.2). Made here and not by a library, so that one
// frame can be written to any number of sockets.

/** The first bytes of a text frame whose payload has `length` bytes; `room` is left behind them in the same buffer. */
export const textFrameHead = (length: number, room: number): Buffer => {
  if (length < 126) {
    const head = Buffer.allocUnsafe(2 + room)
    head[0] = finalText
    head[1] = length
    return head
  }
  if (length < 65_536) {
    const head = Buffer.allocUnsafe(4 + room)
    head[0] = finalText
    head[1] = 126
    head.writeUInt16BE(length, 2)
    return head
  }
  const head = Buffer.allocUnsafe(10 + room)
  head[0] = finalText
  head[1] = 127
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

/** One whole text message. */
export const textFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const frame = textFrameHead(length, length)
  frame.write(text, frame.length - length)
  return frame
}

const finalText = 0x81
