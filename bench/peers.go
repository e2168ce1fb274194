//go:build linux

package main

import (
	"os"
	"path/filepath"
	"syscall"

	"github.com/duet-api/duet/bench/internal/job"
)

// peer is a server that is measured.
type peer struct {
	key, title string
	protocol   string // of the load generator
	module     string // whose version is told; empty for none
	node       string // script; empty for a Go program
	flush      string // -flush-interval of Duet
}

// The keys of the peers that the report names.
const (
	keyDuet     = "duet"
	keyTick     = "duet-50ms"
	keySocketIO = "socketio"
	keyRaw      = "raw"
)

func peers() []peer {
	return []peer{
		{key: keyDuet, title: "Duet, checked", protocol: "duet"},
		{key: "duet-16ms", title: "Duet, checked, flush every 16 ms", protocol: "duet", flush: "16ms"},
		{key: keyTick, title: "Duet, checked, flush every 50 ms", protocol: "duet", flush: "50ms"},
		{key: "centrifuge", title: "centrifuge library", protocol: "centrifuge", module: "github.com/centrifugal/centrifuge"},
		{key: "gws", title: "gws, Broadcaster", protocol: "plain", module: "github.com/lxzan/gws"},
		{key: "gorilla-prepared", title: "gorilla, PreparedMessage and channels", protocol: "plain", module: "github.com/gorilla/websocket"},
		{key: "gorilla-naive", title: "gorilla, WriteJSON a receiver", protocol: "plain", module: "github.com/gorilla/websocket"},
		{key: "ws", title: "ws on Node", protocol: "plain", module: "ws", node: "ws.js"},
		{key: keySocketIO, title: "Socket.IO on Node", protocol: "socketio", module: "socket.io", node: "socketio.js"},
		{key: keyRaw, title: "TCP alone, the limit", protocol: "raw"},
	}
}

// isDuet reports whether p is the reference server.
func (p peer) isDuet() bool { return p.protocol == "duet" }

// command is how p is started for a scenario.
func (b *bench) command(p peer, s scenario) []string {
	switch {
	case p.node != "":
		return []string{b.nodePath, "--expose-gc", filepath.Join(b.dir, "node", p.node)}
	case !p.isDuet():
		return []string{filepath.Join(b.out, "bin", "peer-"+p.key)}
	}
	binary := b.duet.Shipped
	if s.load.Mode == job.Idle || s.load.Profile {
		binary = b.duet.Watched
	}
	var more []string
	if s.open {
		more = append(more, "-rate-factor", "1000000")
	}
	if p.flush != "" {
		more = append(more, "-flush-interval", p.flush)
	}
	return b.world.Args(binary, more...)
}

// collect is the signal that asks p for a collection.
func (p peer) collect() os.Signal {
	if p.node != "" {
		return syscall.SIGUSR2 // Node keeps the other one for its debugger
	}
	return syscall.SIGUSR1
}

// profile is where a server's CPU profile is written.
func (b *bench) profile(s scenario) string { return filepath.Join(b.out, s.key+".pprof") }
