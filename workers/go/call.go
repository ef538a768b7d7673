package treeway_worker

import (
	"context"
	"encoding/base64"
	"sync"
	"unicode/utf8"
)

const (
	windowBytes = 256 * 1024
	pieceBytes  = 64 * 1024
)

// call is one request on its way through the worker.
type call struct {
	id       float64
	function *function
	event    object
	params   object
	body     []byte
	ctx      context.Context
	cancel   context.CancelFunc

	mutex sync.Mutex
	// bytes of a streamed answer beyond the acks
	ahead int
	// has a value when there may be room again
	room chan struct{}
}

func newCall(id float64, fn *function, event, params object) *call {
	ctx, cancel := context.WithCancel(context.Background())
	return &call{id: id, function: fn, event: event, params: params, ctx: ctx, cancel: cancel}
}

// complete adds what the worker adds to the event. A parameter wins over a field of the same name.
func (c *call) complete() {
	event := c.event
	if _, isThere := event["params"]; !isThere {
		event["params"] = c.params
	}
	if _, isThere := event["path_params"]; !isThere {
		event["path_params"] = c.params
	}
	env := make(object, len(c.function.env))
	for name, value := range c.function.env {
		env[name] = value
	}
	event["env"] = env
	if len(c.body) > 0 {
		addBody(event, c.body)
	}
	for name, value := range c.params {
		event[name] = value
	}
}

func addBody(event object, body []byte) {
	if utf8.Valid(body) {
		event["body"] = string(body)
		return
	}
	event["body"] = base64.StdEncoding.EncodeToString(body)
	event["is_base64"] = true
}

// takeRoom counts bytes that were sent, and waits while the client is a window behind.
func (c *call) takeRoom(bytes int) error {
	c.mutex.Lock()
	c.ahead += bytes
	for c.ahead >= windowBytes {
		if c.room == nil {
			c.room = make(chan struct{}, 1)
		}
		room := c.room
		c.mutex.Unlock()
		select {
		case <-room:
		case <-c.ctx.Done():
			return errCancelled
		}
		c.mutex.Lock()
	}
	c.mutex.Unlock()
	if c.ctx.Err() != nil {
		return errCancelled
	}
	return nil
}

func (c *call) ack(bytes int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.ahead -= bytes
	if c.room == nil {
		return
	}
	select {
	case c.room <- struct{}{}:
	default:
	}
}
