// A room with Socket.IO as its documentation and the first version of this
// project write it: a client is in a room, and what it sends is emitted to all
// others in that room. Nothing is checked.
'use strict'

const { createServer } = require('node:http')
const { Server } = require('socket.io')

const server = createServer()
const io = new Server(server, { transports: ['websocket'] })
let version = 0

io.on('connection', (socket) => {
  const { room, id } = socket.handshake.query
  socket.join(room)
  socket.on('player.update', ({ position, seq }) => {
    version++
    socket.broadcast.to(room).emit('players.updated', {
      version: version.toString(36),
      players: [{ id, position: { x: position.x, y: position.y }, seq }],
    })
  })
})

require('./common').listen(server)
