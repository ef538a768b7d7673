// Package treeway_worker runs the handlers of a compiled tree: docs/worker-protocol.md.
package treeway_worker

import (
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

const (
	channelDescriptor = 3
	protocolStatus    = 70
	readBytes         = 64 * 1024
	ballastBytes      = 32 << 20
)

type worker struct {
	channel   *channel
	root      string
	functions map[float64]*function
	// calls whose body has not come whole
	partial map[float64]*call

	mutex sync.Mutex
	// calls that run
	calls map[float64]*call
}

// Run serves the functions that were registered, until the server closes the channel. Generated code calls it.
func Run() {
	if len(os.Args) > 1 && os.Args[1] == "check" {
		// every init function of the tree has run: that is what was to be seen
		os.Exit(0)
	}
	// never touched, so it costs no memory: without it the collector would run at each 4 MiB of requests
	ballast := make([]byte, ballastBytes)
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	// a descriptor that does not block is waited for by the runtime's poller instead of a thread
	_ = syscall.SetNonblock(channelDescriptor, true)
	status := serve(os.NewFile(channelDescriptor, "channel"))
	runtime.KeepAlive(ballast)
	os.Exit(status)
}

// serve returns the status to exit with.
func serve(connection io.ReadWriter) int {
	w := &worker{functions: map[float64]*function{}, partial: map[float64]*call{}, calls: map[float64]*call{}}
	// a write that fails means that the server is gone
	w.channel = newChannel(connection, func(error) { os.Exit(0) })
	chunk := make([]byte, readBytes)
	reader := frameReader{}
	for {
		size, err := connection.Read(chunk)
		if reader.push(chunk[:size], w.onFrame) != nil {
			return protocolStatus
		}
		if err != nil {
			return 0
		}
	}
}

// onFrame runs in the reading goroutine. Frames it does not know are ignored: that is how the protocol grows.
func (w *worker) onFrame(header object, body []byte) error {
	kind, _ := header["k"].(string)
	id, _ := header["i"].(float64)
	switch kind {
	case "hello":
		w.root, _ = header["root"].(string)
		version := strings.TrimPrefix(runtime.Version(), "go")
		w.channel.send([]byte(`{"k":"ready","v":1,"language":"go","version":"`+version+`"}`), nil)
	case "load":
		w.load(header)
	case "call":
		return w.receive(id, header, body)
	case "data":
		if partial := w.partial[id]; partial != nil {
			partial.body = append(partial.body, body...)
		}
	case "end":
		if partial := w.partial[id]; partial != nil {
			delete(w.partial, id)
			w.start(partial)
		}
	case "ack":
		if running := w.find(id); running != nil {
			size, _ := header["n"].(float64)
			running.ack(int(size))
		}
	case "cancel":
		w.cancel(id)
	case "check", "reload":
		w.channel.send(toPlainHeader("done", id), nil)
	}
	return nil
}

func (w *worker) load(header object) {
	fn := &function{}
	number, _ := header["f"].(float64)
	fn.name, _ = header["name"].(string)
	fn.wanted, _ = header["handler"].(string)
	fn.env, _ = header["env"].(object)
	w.functions[number] = fn
}

func (w *worker) receive(id float64, header object, body []byte) error {
	number, _ := header["f"].(float64)
	event, isEvent := header["e"].(object)
	params, isParams := header["p"].(object)
	fn := w.functions[number]
	if !isEvent || !isParams || fn == nil {
		return errProtocol
	}
	made := newCall(id, fn, event, params)
	if header["more"] == true {
		made.body = append([]byte(nil), body...)
		w.partial[id] = made
		return nil
	}
	made.body = body
	w.start(made)
	return nil
}

// start completes the event before it returns: the body's bytes are not kept.
func (w *worker) start(made *call) {
	made.complete()
	made.body = nil
	w.mutex.Lock()
	w.calls[made.id] = made
	w.mutex.Unlock()
	go w.run(made)
}

func (w *worker) find(id float64) *call {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.calls[id]
}

func (w *worker) cancel(id float64) {
	if partial := w.partial[id]; partial != nil {
		delete(w.partial, id)
		w.channel.send(toPlainHeader("end", id), nil)
		return
	}
	if running := w.find(id); running != nil {
		running.cancel()
	}
}
