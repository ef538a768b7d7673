package treeway_worker

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxDepth     = 1000
	maxKnownKeys = 1000
)

var errJSON = errors.New("this is no JSON object")

// decoder reads JSON into the types of encoding/json, at a third of its cost: an event is decoded for each request.
type decoder struct {
	data  []byte
	at    int
	depth int
}

// knownKeys keeps the names of members, so that they are not allocated anew for each request. Only the reading
// goroutine decodes.
var knownKeys = map[string]string{}

func decodeObject(data []byte) (map[string]interface{}, error) {
	d := decoder{data: data}
	d.space()
	if !d.is('{') {
		return nil, errJSON
	}
	object, err := d.object()
	if err != nil {
		return nil, err
	}
	d.space()
	if d.at != len(data) {
		return nil, errJSON
	}
	return object, nil
}

func (d *decoder) value() (interface{}, error) {
	d.space()
	if d.at >= len(d.data) {
		return nil, errJSON
	}
	switch d.data[d.at] {
	case '{':
		return d.object()
	case '[':
		return d.list()
	case '"':
		return d.text(false)
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *decoder) object() (map[string]interface{}, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	object := make(map[string]interface{}, 8)
	for !d.skip('}') {
		if len(object) > 0 && !d.skip(',') {
			return nil, errJSON
		}
		d.space()
		key, err := d.text(true)
		if err != nil || !d.skip(':') {
			return nil, errJSON
		}
		if object[key], err = d.value(); err != nil {
			return nil, err
		}
	}
	d.depth--
	return object, nil
}

func (d *decoder) list() ([]interface{}, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	list := []interface{}{}
	for !d.skip(']') {
		if len(list) > 0 && !d.skip(',') {
			return nil, errJSON
		}
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	d.depth--
	return list, nil
}

func (d *decoder) enter() error {
	d.at++
	d.depth++
	if d.depth > maxDepth {
		return errJSON
	}
	return nil
}

func (d *decoder) text(isKey bool) (string, error) {
	if !d.is('"') {
		return "", errJSON
	}
	d.at++
	start := d.at
	isASCII := true
	for ; d.at < len(d.data); d.at++ {
		switch c := d.data[d.at]; {
		case c == '"':
			raw := d.data[start:d.at]
			d.at++
			if !isASCII && !utf8.Valid(raw) {
				return "", errJSON
			}
			return toText(raw, isKey), nil
		case c == '\\':
			return d.escapedText(start)
		case c < ' ':
			return "", errJSON
		case c >= utf8.RuneSelf:
			isASCII = false
		}
	}
	return "", errJSON
}

func toText(raw []byte, isKey bool) string {
	if !isKey {
		return string(raw)
	}
	if known, isKnown := knownKeys[string(raw)]; isKnown {
		return known
	}
	key := string(raw)
	if len(knownKeys) < maxKnownKeys {
		knownKeys[key] = key
	}
	return key
}

func (d *decoder) escapedText(start int) (string, error) {
	text := append([]byte(nil), d.data[start:d.at]...)
	for d.at < len(d.data) {
		c := d.data[d.at]
		d.at++
		if c == '"' {
			if !utf8.Valid(text) {
				return "", errJSON
			}
			return string(text), nil
		}
		if c < ' ' {
			return "", errJSON
		}
		if c != '\\' {
			text = append(text, c)
			continue
		}
		character, err := d.escape()
		if err != nil {
			return "", err
		}
		text = utf8.AppendRune(text, character)
	}
	return "", errJSON
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (d *decoder) escape() (rune, error) {
	if d.at >= len(d.data) {
		return 0, errJSON
	}
	c := d.data[d.at]
	d.at++
	if c != 'u' {
		character, isKnown := escapes[c]
		if !isKnown {
			return 0, errJSON
		}
		return character, nil
	}
	first, err := d.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	// half a pair alone becomes U+FFFD, as in encoding/json
	if d.at+1 < len(d.data) && d.data[d.at] == '\\' && d.data[d.at+1] == 'u' {
		before := d.at
		d.at += 2
		second, err := d.unit()
		if err != nil {
			return 0, err
		}
		if pair := utf16.DecodeRune(first, second); pair != utf8.RuneError {
			return pair, nil
		}
		d.at = before
	}
	return utf8.RuneError, nil
}

func (d *decoder) unit() (rune, error) {
	if d.at+4 > len(d.data) {
		return 0, errJSON
	}
	unit, err := strconv.ParseUint(string(d.data[d.at:d.at+4]), 16, 16)
	d.at += 4
	return rune(unit), err
}

func (d *decoder) number() (interface{}, error) {
	start := d.at
	for d.at < len(d.data) && isNumberByte(d.data[d.at]) {
		d.at++
	}
	number, err := strconv.ParseFloat(string(d.data[start:d.at]), 64)
	if err != nil {
		return nil, errJSON
	}
	return number, nil
}

func isNumberByte(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

func (d *decoder) word(word string) error {
	end := d.at + len(word)
	if end > len(d.data) || string(d.data[d.at:end]) != word {
		return errJSON
	}
	d.at = end
	return nil
}

func (d *decoder) space() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

func (d *decoder) is(c byte) bool {
	return d.at < len(d.data) && d.data[d.at] == c
}

func (d *decoder) skip(c byte) bool {
	d.space()
	if !d.is(c) {
		return false
	}
	d.at++
	return true
}
