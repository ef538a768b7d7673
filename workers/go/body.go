package treeway_worker

import (
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"
)

const (
	textType  = "text/plain; charset=utf-8"
	pageType  = "text/html; charset=utf-8"
	jsonType  = "application/json; charset=utf-8"
	bytesType = "application/octet-stream"
)

// toBody returns the bytes and the content type they have where the handler gave none.
func toBody(value interface{}) ([]byte, string, error) {
	switch value := value.(type) {
	case nil:
		return nil, "", nil
	case string:
		return []byte(value), toTextType(value), nil
	case []byte:
		return value, bytesType, nil
	case json.RawMessage:
		return value, jsonType, nil
	}
	data, err := toJSON(value)
	if err != nil {
		return nil, "", invalid("JSON can not say it: %s", err)
	}
	kind := reflect.ValueOf(value)
	switch {
	case kind.CanInt(), kind.CanUint(), kind.CanFloat():
		return data, textType, nil
	case kind.Kind() == reflect.String:
		return []byte(kind.String()), toTextType(kind.String()), nil
	}
	return data, jsonType, nil
}

// smaller is what min is since Go 1.21: a user's go.mod may ask for an older language.
func smaller(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func toTextType(text string) string {
	if !utf8.ValidString(text) {
		return bytesType
	}
	start := strings.TrimLeft(text[:smaller(len(text), 200)], " \t\r\n\f\v")
	start = strings.ToLower(start[:smaller(len(start), 14)])
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return pageType
	}
	return textType
}

// toJSON leaves <, > and & as they are.
func toJSON(value interface{}) ([]byte, error) {
	return appendJSON(make([]byte, 0, 256), value, 0)
}
