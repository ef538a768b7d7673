package treeway_worker

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// header is one name with its values; a list repeats the header also where it has one value.
type header struct {
	name   string
	values []string
	isList bool
}

var droppedHeaders = map[string]bool{
	"connection": true, "transfer-encoding": true, "keep-alive": true, "content-length": true,
}

// toHeaders returns them by name: a map of Go has no order.
func toHeaders(value interface{}, isStream bool) ([]header, error) {
	if value == nil {
		return nil, nil
	}
	list := []header{}
	add := func(name string, one interface{}) error {
		made, err := toHeader(name, one)
		isDropped := droppedHeaders[made.name] && !(isStream && made.name == "content-length")
		if err == nil && one != nil && !isDropped {
			list = append(list, made)
		}
		return err
	}
	if err := eachPair(value, add); err != nil {
		return nil, err
	}
	sort.SliceStable(list, func(a, b int) bool { return list[a].name < list[b].name })
	return joinSame(list), nil
}

func eachPair(value interface{}, add func(string, interface{}) error) error {
	if pairs, isObject := value.(object); isObject {
		for name, one := range pairs {
			if err := add(name, one); err != nil {
				return err
			}
		}
		return nil
	}
	kind := reflect.ValueOf(value)
	if kind.Kind() != reflect.Map || kind.Type().Key().Kind() != reflect.String {
		return invalid("headers must be a map, received %T", value)
	}
	for pairs := kind.MapRange(); pairs.Next(); {
		if err := add(pairs.Key().String(), pairs.Value().Interface()); err != nil {
			return err
		}
	}
	return nil
}

// joinSame makes one of names that differ by case only.
func joinSame(list []header) []header {
	kept := list[:0]
	for _, one := range list {
		if last := len(kept) - 1; last >= 0 && kept[last].name == one.name {
			kept[last].values = append(kept[last].values, one.values...)
			kept[last].isList = true
		} else {
			kept = append(kept, one)
		}
	}
	return kept
}

func toHeader(name string, value interface{}) (header, error) {
	if name == "" || strings.ContainsAny(name, "\r\n\x00") {
		return header{}, invalid("%q is not the name of a header", name)
	}
	made := header{name: strings.ToLower(name)}
	if value == nil {
		return made, nil
	}
	kind := reflect.ValueOf(value)
	made.isList = kind.Kind() == reflect.Slice || kind.Kind() == reflect.Array
	if !made.isList {
		text, err := toHeaderText(made.name, value)
		made.values = []string{text}
		return made, err
	}
	for at := 0; at < kind.Len(); at++ {
		text, err := toHeaderText(made.name, kind.Index(at).Interface())
		if err != nil {
			return made, err
		}
		made.values = append(made.values, text)
	}
	return made, nil
}

func toHeaderText(name string, value interface{}) (string, error) {
	kind := reflect.ValueOf(value)
	switch {
	case kind.Kind() == reflect.String:
		if text := kind.String(); !strings.ContainsAny(text, "\r\n\x00") {
			return text, nil
		}
		return "", invalid("the header %s holds a line break or NUL: %.100q", name, kind.String())
	case kind.Kind() == reflect.Bool, kind.CanInt(), kind.CanUint(), kind.CanFloat():
		return fmt.Sprint(value), nil
	}
	return "", invalid("the header %s must be text or a list of texts, received %T", name, value)
}
