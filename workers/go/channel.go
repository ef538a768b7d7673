package treeway_worker

import (
	"io"
	"runtime"
	"sync"
)

const joinBytes = 64 * 1024

// channel writes frames. Those that are ready when it comes to write go out together.
type channel struct {
	to      io.Writer
	onError func(error)
	wake    chan struct{}

	mutex   sync.Mutex
	joined  []byte
	spare   []byte
	large   []segment
	isAwake bool
}

// segment is a body that is too big to be copied: it is written after the first `after` bytes of what was joined.
type segment struct {
	after int
	body  []byte
}

func newChannel(to io.Writer, onError func(error)) *channel {
	c := &channel{to: to, onError: onError, wake: make(chan struct{}, 1)}
	go c.run()
	return c
}

// send may be called by any goroutine. The body must not be changed afterwards.
func (c *channel) send(header, body []byte) {
	c.mutex.Lock()
	c.joined = appendLengths(c.joined, len(header), len(body))
	c.joined = append(c.joined, header...)
	if len(body) <= joinBytes {
		c.joined = append(c.joined, body...)
	} else {
		c.large = append(c.large, segment{len(c.joined), body})
	}
	isAwake := c.isAwake
	c.isAwake = true
	c.mutex.Unlock()
	if !isAwake {
		c.wake <- struct{}{}
	}
}

func (c *channel) run() {
	for range c.wake {
		// handlers that can run now run first: their answers join this write
		runtime.Gosched()
		c.mutex.Lock()
		joined, large := c.joined, c.large
		c.joined, c.large = c.spare[:0], nil
		c.spare = nil
		c.isAwake = false
		c.mutex.Unlock()
		if err := c.write(joined, large); err != nil {
			c.onError(err)
			return
		}
		if cap(joined) <= 4*joinBytes {
			c.mutex.Lock()
			c.spare = joined
			c.mutex.Unlock()
		}
	}
}

func (c *channel) write(joined []byte, large []segment) error {
	written := 0
	for _, one := range large {
		if _, err := c.to.Write(joined[written:one.after]); err != nil {
			return err
		}
		if _, err := c.to.Write(one.body); err != nil {
			return err
		}
		written = one.after
	}
	if written == len(joined) {
		return nil
	}
	_, err := c.to.Write(joined[written:])
	return err
}
