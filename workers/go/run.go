package treeway_worker

import "strings"

const maxMessageBytes = 8192

// run calls the handler and sends one last frame, whatever happens.
func (w *worker) run(c *call) {
	hasEnded := false
	defer func() {
		if !hasEnded {
			w.fail(c, w.toEndFailure(recover()))
		}
		w.mutex.Lock()
		delete(w.calls, c.id)
		w.mutex.Unlock()
		c.cancel()
	}()
	w.answer(c)
	hasEnded = true
}

// toEndFailure is called while the stack of a panic is still there. runtime.Goexit ends a goroutine without one.
func (w *worker) toEndFailure(cause interface{}) failure {
	if cause == nil {
		return failure{code: "TREEWAY_HANDLER_FAILED", message: "the handler ended its goroutine (runtime.Goexit)"}
	}
	return w.toPanicFailure(cause)
}

func (w *worker) answer(c *call) {
	invoke, problem := c.function.toInvoker()
	if problem != nil {
		w.fail(c, *problem)
		return
	}
	value, err := invoke(c.ctx, c.event, c.params)
	if err == nil {
		// an error that is returned as the value is an error too
		err, _ = value.(error)
	}
	if err != nil {
		w.fail(c, toFailure(err))
		return
	}
	made, err := toAnswer(value)
	if err != nil {
		w.fail(c, toFailure(err))
		return
	}
	if made.stream != nil {
		w.sendStream(c, made)
		return
	}
	header := toAnswerHeader("answer", c.id, made)
	if len(header) > maxHeaderBytes {
		w.fail(c, toFailure(invalid("the headers are longer than %d bytes", maxHeaderBytes)))
		return
	}
	w.channel.send(header, made.body)
}

func (w *worker) fail(c *call, made failure) {
	if len(made.message) > maxMessageBytes {
		made.message = strings.ToValidUTF8(made.message[:maxMessageBytes], "") + "..."
	}
	w.channel.send(toFailHeader(c.id, made), []byte(made.traceback))
}

func (w *worker) sendStream(c *call, made answer) {
	hasBegun := false
	begin := func(contentType string) {
		hasBegun = true
		made.addContentType(contentType)
		w.channel.send(toAnswerHeader("head", c.id, made), nil)
	}
	emit := func(piece []byte, isText bool) error {
		if !hasBegun && isText {
			begin(textType)
		} else if !hasBegun {
			begin(bytesType)
		}
		for len(piece) > 0 {
			part := piece[:smaller(len(piece), pieceBytes)]
			piece = piece[len(part):]
			w.channel.send(toPlainHeader("data", c.id), part)
			if err := c.takeRoom(len(part)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := made.stream(c.ctx, emit); err != nil && c.ctx.Err() == nil {
		w.fail(c, toFailure(err))
		return
	}
	if !hasBegun {
		begin("")
	}
	w.channel.send(toPlainHeader("end", c.id), nil)
}
