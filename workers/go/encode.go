package treeway_worker

import (
	"strconv"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendText writes a JSON string.
func appendText(to []byte, text string) []byte {
	to = append(to, '"')
	start := 0
	for at := 0; at < len(text); {
		c := text[at]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			at++
			continue
		}
		if c >= utf8.RuneSelf {
			character, size := utf8.DecodeRuneInString(text[at:])
			if character == utf8.RuneError && size == 1 {
				to = append(append(to, text[start:at]...), "\ufffd"...)
				start = at + 1
			}
			at += size
			continue
		}
		to = append(to, text[start:at]...)
		if c == '"' || c == '\\' {
			to = append(to, '\\', c)
		} else {
			to = append(to, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		at++
		start = at
	}
	return append(append(to, text[start:]...), '"')
}

// appendKind begins a header: {"k":"answer","i":7
func appendKind(to []byte, kind string, id float64) []byte {
	to = append(to, `{"k":"`...)
	to = append(to, kind...)
	to = append(to, `","i":`...)
	return strconv.AppendInt(to, int64(id), 10)
}

// toAnswerHeader writes an `answer` or a `head`.
func toAnswerHeader(kind string, id float64, made answer) []byte {
	to := appendKind(make([]byte, 0, 160), kind, id)
	to = append(to, `,"s":`...)
	to = strconv.AppendInt(to, int64(made.status), 10)
	to = append(to, `,"h":{`...)
	for at, one := range made.headers {
		if at > 0 {
			to = append(to, ',')
		}
		to = append(appendText(to, one.name), ':')
		to = appendValues(to, one)
	}
	return append(to, "}}"...)
}

func appendValues(to []byte, one header) []byte {
	if !one.isList {
		return appendText(to, one.values[0])
	}
	to = append(to, '[')
	for at, value := range one.values {
		if at > 0 {
			to = append(to, ',')
		}
		to = appendText(to, value)
	}
	return append(to, ']')
}

func toFailHeader(id float64, made failure) []byte {
	to := appendKind(nil, "fail", id)
	to = appendText(append(to, `,"c":`...), made.code)
	to = appendText(append(to, `,"m":`...), made.message)
	if made.file != "" {
		to = appendText(append(to, `,"file":`...), made.file)
		to = strconv.AppendInt(append(to, `,"line":`...), int64(made.line), 10)
	}
	return append(to, '}')
}

// toPlainHeader writes `data`, `end` and `done`.
func toPlainHeader(kind string, id float64) []byte {
	return append(appendKind(nil, kind, id), '}')
}
