//go:build linux

// Package proc starts processes on one core and reads what they cost.
package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// CPU returns the processor time that a process has used, in user and kernel.
// It adds up what the kernel has counted for each thread, in nanoseconds
// (/proc/PID/task/*/schedstat); where that is missing it reads the whole ticks
// of /proc/PID/stat.
func CPU(pid int) (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(threads) == 0 {
		return Ticks(pid)
	}
	var sum time.Duration
	for _, path := range threads {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		ran, _, _ := bytes.Cut(b, []byte(" "))
		ns, err := strconv.ParseInt(string(ran), 10, 64)
		if err != nil {
			return Ticks(pid)
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// tick is the unit of /proc/PID/stat on every Linux that Go runs on.
const tick = time.Second / 100

// Ticks returns utime + stime of /proc/PID/stat.
func Ticks(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, ok := strings.Cut(string(b), ") ")
	fields := strings.Fields(after)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat: unknown form", pid)
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("/proc/%d/stat: unknown form", pid)
	}
	return time.Duration(user+system) * tick, nil
}

// RSS returns the bytes of a process that are in memory.
func RSS(pid int) (int64, error) { return kilobytes(fmt.Sprintf("/proc/%d/status", pid), "VmRSS:") }

// Slab returns the bytes of the kernel's own objects, of the whole machine.
func Slab() (int64, error) { return kilobytes("/proc/meminfo", "Slab:") }

// kilobytes reads a line such as "VmRSS:   1234 kB".
func kilobytes(path, name string) (int64, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("%s: no %s", path, name)
}
