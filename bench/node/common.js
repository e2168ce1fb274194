// What both servers have in common: the port, and a collection on request
// (SIGUSR2, with --expose-gc), so that memory is compared without garbage.
'use strict'

exports.listen = (server) => {
  server.listen(0, '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`)
  })
  process.on('SIGUSR2', () => {
    global.gc()
    global.gc()
    const { heapUsed } = process.memoryUsage()
    console.log(`collected ${heapUsed} 0`)
  })
}
