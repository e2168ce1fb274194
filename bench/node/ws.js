// A room with the ws package: one JSON.stringify an update, then a send for
// each other client.
'use strict'

const { createServer } = require('node:http')
const { WebSocketServer, WebSocket } = require('ws')

const server = createServer()
const wss = new WebSocketServer({ server })
const rooms = new Map()
let version = 0

wss.on('connection', (client, request) => {
  const query = new URL(request.url, 'http://localhost').searchParams
  const id = query.get('id')
  const name = query.get('room')
  if (!rooms.has(name)) rooms.set(name, new Set())
  const room = rooms.get(name)
  room.add(client)
  client.on('close', () => room.delete(client))
  client.on('error', () => client.terminate())
  client.on('message', (data) => {
    const { position, seq } = JSON.parse(data).data
    version++
    const message = JSON.stringify({
      type: 'players.updated',
      data: { version: version.toString(36), players: [{ id, position: { x: position.x, y: position.y }, seq }] },
    })
    for (const other of room) {
      if (other !== client && other.readyState === WebSocket.OPEN) other.send(message)
    }
  })
})

require('./common').listen(server)
