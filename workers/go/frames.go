package treeway_worker

import (
	"encoding/binary"
	"errors"
)

const (
	protocolVersion = 1
	lengthsBytes    = 8
	maxHeaderBytes  = 1 << 20
	maxBodyBytes    = 1 << 30
)

var errProtocol = errors.New("these bytes are no frame")

// frameReader cuts a stream of bytes into frames.
type frameReader struct {
	data []byte
}

// push calls onFrame for each frame that is complete. Header and body are only valid during that call.
func (r *frameReader) push(chunk []byte, onFrame func(header map[string]interface{}, body []byte) error) error {
	data := chunk
	if len(r.data) > 0 {
		r.data = append(r.data, chunk...)
		data = r.data
	}
	for {
		size, headerSize, err := frameSize(data)
		if err != nil {
			return err
		}
		if size < 0 || len(data) < size {
			break
		}
		bodyStart := lengthsBytes + headerSize
		header, err := decodeObject(data[lengthsBytes:bodyStart])
		if err != nil {
			return errProtocol
		}
		if err := onFrame(header, data[bodyStart:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	r.keep(data)
	return nil
}

// keep holds on to the beginning of a frame until the rest of it comes.
func (r *frameReader) keep(data []byte) {
	if len(data) == 0 {
		if cap(r.data) > 1<<20 {
			r.data = nil
		}
		r.data = r.data[:0]
		return
	}
	size, _, _ := frameSize(data)
	if size > cap(r.data) {
		r.data = append(make([]byte, 0, size), data...)
		return
	}
	r.data = append(r.data[:0], data...)
}

// frameSize is the length of the first frame with its lengths, or -1 where these have not come yet.
func frameSize(data []byte) (size, headerSize int, err error) {
	if len(data) < lengthsBytes {
		return -1, 0, nil
	}
	header := binary.BigEndian.Uint32(data)
	body := binary.BigEndian.Uint32(data[4:])
	if header == 0 || header > maxHeaderBytes || body > maxBodyBytes {
		return 0, 0, errProtocol
	}
	return lengthsBytes + int(header) + int(body), int(header), nil
}

// appendLengths begins a frame.
func appendLengths(to []byte, header, body int) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(header))
	return binary.BigEndian.AppendUint32(to, uint32(body))
}
