package treeway_worker

import (
	"context"
	"fmt"
	"io"
	"reflect"
)

// emitter takes a copy of the next piece of a streamed answer. It waits while the client is behind; its error means that
// nobody wants more.
type emitter func(piece []byte, isText bool) error

// stream gives all pieces to the emitter.
type stream func(ctx context.Context, emit emitter) error

// toStream returns nil for a value that is sent whole. Channels, readers, functions that write and iterators stream.
func toStream(value interface{}) stream {
	switch value := value.(type) {
	case nil, string, []byte, object, []interface{}:
		return nil
	case io.Reader:
		return readPieces(value)
	case func(io.Writer) error:
		return func(_ context.Context, emit emitter) error { return value(pieceWriter{emit}) }
	case func(io.Writer):
		return func(_ context.Context, emit emitter) error {
			value(pieceWriter{emit})
			return nil
		}
	case func(func(string) bool):
		return func(_ context.Context, emit emitter) error {
			value(func(piece string) bool { return emit([]byte(piece), true) == nil })
			return nil
		}
	case func(func([]byte) bool):
		return func(_ context.Context, emit emitter) error {
			value(func(piece []byte) bool { return emit(piece, false) == nil })
			return nil
		}
	}
	if kind := reflect.ValueOf(value); kind.Kind() == reflect.Chan && kind.Type().ChanDir() != reflect.SendDir {
		return receivePieces(kind)
	}
	return nil
}

func readPieces(reader io.Reader) stream {
	return func(_ context.Context, emit emitter) error {
		if closer, isCloser := reader.(io.Closer); isCloser {
			defer closer.Close()
		}
		piece := make([]byte, pieceBytes)
		for {
			size, err := reader.Read(piece)
			if size > 0 {
				if err := emit(piece[:size], false); err != nil {
					return err
				}
			}
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
}

func receivePieces(channel reflect.Value) stream {
	return func(ctx context.Context, emit emitter) error {
		cases := []reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: channel},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
		}
		for {
			chosen, received, isOpen := reflect.Select(cases)
			if chosen == 1 {
				return ctx.Err()
			}
			if !isOpen {
				return nil
			}
			if err := emitValue(received.Interface(), emit); err != nil {
				return err
			}
		}
	}
}

func emitValue(value interface{}, emit emitter) error {
	switch piece := value.(type) {
	case string:
		return emit([]byte(piece), true)
	case []byte:
		return emit(piece, false)
	case error:
		return piece
	}
	return invalid("a streamed answer is made of string and []byte, received %T", value)
}

// pieceWriter is the io.Writer that handlers stream to.
type pieceWriter struct {
	emit emitter
}

func (w pieceWriter) Write(data []byte) (int, error) {
	if err := w.emit(data, false); err != nil {
		return 0, err
	}
	return len(data), nil
}

func (w pieceWriter) WriteString(text string) (int, error) {
	if err := w.emit([]byte(text), true); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Flush is here for code that asks whether its writer is an http.Flusher: each piece goes out at once.
func (w pieceWriter) Flush() {}

var errCancelled = fmt.Errorf("nobody waits for this answer any more: %w", context.Canceled)
