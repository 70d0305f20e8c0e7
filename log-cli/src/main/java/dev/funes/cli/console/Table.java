package dev.funes.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, in columns as wide as they need to be; numbers stand to the right. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /** An empty table with these headings. */
  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /** Adds a row with one cell for each heading. */
  public Table row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          "expected " + headings.size() + " cells, was " + cells.length);
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell.toString());
    }
    rows.add(row);
    return this;
  }

  /** Prints the headings and the rows. */
  public void print(PrintWriter out) {
    printRow(headings, out);
    rows.forEach(row -> printRow(row, out));
    out.flush();
  }

  private void printRow(List<String> row, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String cell = row.get(column);
      String padding = " ".repeat(width(column) - cell.length());
      boolean right = isNumeric(column);
      line.append(column == 0 ? "" : GAP).append(right ? padding + cell : cell + padding);
    }
    out.println(line.toString().stripTrailing());
  }

  private int width(int column) {
    int width = headings.get(column).length();
    for (List<String> row : rows) {
      width = Math.max(width, row.get(column).length());
    }
    return width;
  }

  private boolean isNumeric(int column) {
    for (List<String> row : rows) {
      String cell = row.get(column);
      if (!cell.equals("-") && !cell.matches("[+-]?[0-9][0-9,.]*( [KMGT]?i?B)?")) {
        return false;
      }
    }
    return !rows.isEmpty();
  }
}
