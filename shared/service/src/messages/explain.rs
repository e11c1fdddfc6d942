//! How a due date came about, in words for citizen, official and judge alike.

use donthu_domain::explain::{DaysOff, Explanation, Step};
use donthu_domain::rules::{Counting, Rule, Unit};
use donthu_domain::{Confidence, Duty, Language};
use jiff::civil::{Date, DateTime};

/// The derivation, a sentence a step. The articles by which limits are counted come with the rules.
pub fn lines(explanation: &Explanation, counting: Option<&Counting>, language: Language) -> Vec<String> {
    let words = Words { counting, language };
    explanation.steps.iter().map(|step| words.step(step)).collect()
}

/// What is owed, in words.
pub fn duty(duty: Duty, language: Language) -> &'static str {
    let (vi, en) = match duty {
        Duty::Process => ("Phân loại, xử lý đơn", "Classify and process the petition"),
        Duty::HardCap => ("Thời hạn tối đa để xử lý đơn", "Outer limit to process the petition"),
        Duty::Accept => ("Thụ lý hoặc thông báo không thụ lý", "Accept or refuse"),
        Duty::Transfer => ("Chuyển đơn đến cơ quan có thẩm quyền", "Pass on to the competent agency"),
        Duty::Resolve => ("Giải quyết", "Resolve"),
        Duty::FileComplaint => ("Thời hiệu khiếu nại", "Time to complain"),
        Duty::SendDecision => ("Gửi quyết định hoặc kết luận", "Send the decision or the conclusion"),
        Duty::Publish => ("Công khai quyết định hoặc kết luận", "Publish the decision or the conclusion"),
        Duty::TakeEffect => ("Quyết định có hiệu lực pháp luật", "The decision takes effect"),
        Duty::Enforce => ("Chỉ đạo thi hành quyết định", "Order that the decision be carried out"),
        Duty::SendSuspension => (
            "Gửi quyết định tạm đình chỉ, tiếp tục hoặc đình chỉ giải quyết",
            "Send the decision to suspend, continue or terminate",
        ),
        Duty::NotifyAcceptance => ("Thông báo việc thụ lý tố cáo", "Tell those concerned of the acceptance"),
        Duty::NotifyDialogue => ("Thông báo về việc đối thoại", "Give notice of the dialogue"),
        Duty::DecideContinued => ("Xem xét tố cáo tiếp", "Decide on the continued denunciation"),
        Duty::DemandReport => ("Yêu cầu báo cáo về tố cáo quá hạn", "Demand a report on the overdue denunciation"),
        Duty::ReportOverdue => ("Báo cáo về tố cáo quá hạn", "Report on the overdue denunciation"),
        Duty::TellResult => ("Trả lời kết quả tiếp công dân", "Tell the citizen who was received what comes of it"),
        Duty::SendRefusal => ("Thông báo từ chối tiếp công dân", "Refuse in writing to receive the citizen"),
        Duty::NotifySession => ("Thông báo về buổi tiếp công dân trực tuyến", "Give notice of the online session"),
        Duty::HandleConclusion => ("Xử lý kết luận nội dung tố cáo", "Act on the conclusion"),
        Duty::NotifyBreach => ("Thông báo vi phạm về dữ liệu cá nhân", "Report the breach of personal data"),
    };
    pick(language, vi, en)
}

/// A length with its unit, e.g. *7 ngày làm việc*.
pub fn length(length: u16, unit: Unit, language: Language) -> String {
    let (vi, one, many) = match unit {
        Unit::CalendarDays => ("ngày", "day", "days"),
        Unit::WorkingDays => ("ngày làm việc", "working day", "working days"),
        Unit::Months => ("tháng", "month", "months"),
        Unit::Hours => ("giờ", "hour", "hours"),
        Unit::WorkingHours => ("giờ làm việc", "working hour", "working hours"),
    };
    format!("{length} {}", pick(language, vi, if length == 1 { one } else { many }))
}

/// The article of a rule.
pub fn article(rule: &Rule, language: Language) -> &str {
    pick(language, &rule.citation_vi, &rule.citation_en)
}

/// A warning where the rule was not read in the law; none where it was.
pub fn caution(confidence: Confidence, language: Language) -> Option<&'static str> {
    match confidence {
        Confidence::V1 | Confidence::V2 | Confidence::V3 => None,
        Confidence::Unverified => Some(pick(
            language,
            "Quy định này chưa được đối chiếu với văn bản gốc.",
            "This rule has not been checked against the text of the law.",
        )),
        Confidence::Design => Some(pick(
            language,
            "Đây là chỉ tiêu của địa phương, không phải thời hạn luật định.",
            "This is the province's own target, not a limit set by law.",
        )),
    }
}

/// A stored due date that the present calendar and rules would not give.
pub fn differs(stored: Date, language: Language) -> String {
    match language {
        Language::Vi => format!(
            "Hạn đã ghi nhận là ngày {}; cách tính trên đây theo lịch làm việc hiện nay.",
            day(stored, language)
        ),
        Language::En => format!(
            "The due date on record is {}; the steps above follow the calendar as it is now.",
            day(stored, language)
        ),
    }
}

pub(super) fn pick<'a>(language: Language, vi: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

/// A date as it is written in the language, e.g. *23/11/2026*.
pub fn day(day: Date, language: Language) -> String {
    match language {
        Language::Vi => day.strftime("%d/%m/%Y").to_string(),
        Language::En => day.strftime("%-d %B %Y").to_string(),
    }
}

fn days(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

struct Words<'a> {
    counting: Option<&'a Counting>,
    language: Language,
}

impl Words<'_> {
    fn day(&self, date: Date) -> String {
        day(date, self.language)
    }

    /// `ngày …` or `từ ngày … đến ngày …`.
    fn span(&self, from: Date, to: Date) -> String {
        match self.language {
            Language::Vi if from == to => format!("ngày {}", self.day(from)),
            Language::Vi => format!("từ ngày {} đến ngày {}", self.day(from), self.day(to)),
            Language::En if from == to => self.day(from),
            Language::En => format!("{} to {}", self.day(from), self.day(to)),
        }
    }

    fn at(&self, at: DateTime) -> String {
        // The end of a day is told as such, not as the beginning of the next.
        let (hour, date) = if at.time() == jiff::civil::Time::midnight() {
            ("24:00".to_owned(), at.date().yesterday().unwrap_or(at.date()))
        } else {
            (at.strftime("%H:%M").to_string(), at.date())
        };
        match self.language {
            Language::Vi => format!("{hour} ngày {}", self.day(date)),
            Language::En => format!("{hour} on {}", self.day(date)),
        }
    }

    fn cited(&self, of: impl Fn(&Counting) -> (&str, &str)) -> String {
        match self.counting.map(of) {
            Some((vi, en)) => format!(" ({})", pick(self.language, vi, en)),
            None => String::new(),
        }
    }

    fn off(&self, off: &DaysOff) -> String {
        match &off.holiday {
            None => pick(self.language, "nghỉ cuối tuần", "weekend").to_owned(),
            Some(holiday) => {
                let basis_en = holiday.basis_en.as_deref().unwrap_or(&holiday.basis);
                let name = pick(self.language, &holiday.name_vi, &holiday.name_en);
                format!("{name} ({})", pick(self.language, &holiday.basis, basis_en))
            }
        }
    }

    fn step(&self, step: &Step) -> String {
        let text = match self.language {
            Language::Vi => self.vietnamese(step),
            Language::En => self.english(step),
        };
        let mut characters = text.chars();
        characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
    }

    fn vietnamese(&self, step: &Step) -> String {
        let start = || self.cited(|c| (&c.start_vi, &c.start_en));
        match step {
            Step::StartDay { on, included, backward } => {
                let what = if *backward {
                    "ngày diễn ra sự kiện; đếm ngược về trước"
                } else {
                    "ngày bắt đầu"
                };
                let counts =
                    if *included { "được tính vào thời hạn" } else { "không tính vào thời hạn" };
                format!("ngày {} là {what}, {counts}{}.", self.day(*on), start())
            }
            Step::StartInstant { at, backward: false } => format!("thời hạn bắt đầu từ {}{}.", self.at(*at), start()),
            Step::StartInstant { at, backward: true } => {
                format!("sự kiện diễn ra lúc {}; đếm ngược về trước{}.", self.at(*at), start())
            }
            Step::Counted { from, to, days, working, so_far } => {
                let unit = if *working { "ngày làm việc" } else { "ngày" };
                let total = if so_far == days { String::new() } else { format!(", cộng là {so_far}") };
                format!("{}: tính {days} {unit}{total}.", self.span(*from, *to))
            }
            Step::Skipped(off) => format!("{}: {}, không tính.", self.span(off.from, off.to), self.off(off)),
            Step::Exchanged { day, so_far } => {
                format!(
                    "ngày {}: ngày nghỉ cuối tuần nhưng làm việc bù ({}), tính 1 ngày làm việc, cộng là {so_far}.",
                    self.day(day.date),
                    day.basis
                )
            }
            Step::Suspended { from, to } => format!("{}: tạm đình chỉ, không tính.", self.span(*from, *to)),
            Step::Months { months, to, clamped } => {
                let why = if *clamped {
                    "tháng cuối không có ngày tương ứng nên lấy ngày cuối cùng của tháng, "
                } else {
                    ""
                };
                let cited = self.cited(|c| (&c.months_vi, &c.months_en));
                format!("tính {months} tháng theo dương lịch: {why}ngày {}{cited}.", self.day(*to))
            }
            Step::Hours { hours, to } => format!("tính {hours} giờ liên tục: {}.", self.at(*to)),
            Step::OfficeHours { from, to, minutes, so_far } => {
                let (from_time, to_time) = (from.strftime("%H:%M"), to.strftime("%H:%M"));
                format!(
                    "ngày {}, trong giờ làm việc từ {from_time} đến {to_time}: tính {}, cộng là {}.",
                    self.day(from.date()),
                    self.minutes(*minutes),
                    self.minutes(*so_far)
                )
            }
            Step::Extended { days, decided_on: Some(on) } => {
                format!("gia hạn thêm {days} ngày theo quyết định ghi nhận ngày {}.", self.day(*on))
            }
            Step::Extended { days, decided_on: None } => format!("gia hạn thêm {days} ngày."),
            Step::EndsOnResumption { on } => format!(
                "thời hạn hết trong lúc tạm đình chỉ, nên kết thúc vào ngày tiếp tục giải quyết {}.",
                self.day(*on)
            ),
            Step::SuspendedTooLate { from, ended_on } => format!(
                "việc tạm đình chỉ từ ngày {} không kéo dài thời hạn, vì thời hạn đã hết ngày {}.",
                self.day(*from),
                self.day(*ended_on)
            ),
            Step::StandsStill { since } => format!(
                "thời hạn đang ngừng từ ngày {} do tạm đình chỉ; hạn sẽ được tính lại khi tiếp tục giải quyết.",
                self.day(*since)
            ),
            Step::Rolled { from, to, off } => format!(
                "ngày cuối cùng {} là ngày nghỉ – {} – nên thời hạn kết thúc vào ngày làm việc tiếp theo, ngày {}{}.",
                self.day(*from),
                self.reasons(off),
                self.day(*to),
                self.cited(|c| (&c.roll_vi, &c.roll_en))
            ),
            Step::End { at, on, whole_day, backward } => {
                let what = if *backward { "chậm nhất là" } else { "thời hạn kết thúc lúc" };
                if *whole_day {
                    format!("{what} 24:00 ngày {}{}.", self.day(*on), self.cited(|c| (&c.end_vi, &c.end_en)))
                } else {
                    format!("{what} {}.", self.at(*at))
                }
            }
            Step::Provisional { years } => format!(
                "lịch nghỉ năm {} chưa được công bố chính thức, nên ngày này có thể thay đổi.",
                self.years(years)
            ),
        }
    }

    fn english(&self, step: &Step) -> String {
        let start = || self.cited(|c| (&c.start_vi, &c.start_en));
        match step {
            Step::StartDay { on, included, backward } => {
                let what =
                    if *backward { "the day of the event; the count runs back from it" } else { "the start day" };
                let counts = if *included { "it counts" } else { "it does not count" };
                format!("{} is {what} and {counts}{}.", self.day(*on), start())
            }
            Step::StartInstant { at, backward: false } => format!("the limit runs from {}{}.", self.at(*at), start()),
            Step::StartInstant { at, backward: true } => {
                format!("the event is at {}; the count runs back from it{}.", self.at(*at), start())
            }
            Step::Counted { from, to, days, working, so_far } => {
                let unit = if *working { "working " } else { "" };
                let total = if so_far == days { String::new() } else { format!(", {so_far} so far") };
                let plural = if *days == 1 { "day" } else { "days" };
                format!("{}: {days} {unit}{plural} counted{total}.", self.span(*from, *to))
            }
            Step::Skipped(off) => format!("{}: {}, not counted.", self.span(off.from, off.to), self.off(off)),
            Step::Exchanged { day, so_far } => format!(
                "{}: a weekend day that is worked ({}), 1 working day counted, {so_far} so far.",
                self.day(day.date),
                day.basis_en.as_deref().unwrap_or(&day.basis)
            ),
            Step::Suspended { from, to } => format!("{}: suspended, not counted.", self.span(*from, *to)),
            Step::Months { months, to, clamped } => {
                let why = if *clamped { "the last month has no such day, so its last day is taken, " } else { "" };
                let plural = if *months == 1 { "month" } else { "months" };
                let cited = self.cited(|c| (&c.months_vi, &c.months_en));
                format!("{months} {plural} by the calendar: {why}{}{cited}.", self.day(*to))
            }
            Step::Hours { hours, to } => format!("{hours} hours on end: {}.", self.at(*to)),
            Step::OfficeHours { from, to, minutes, so_far } => format!(
                "{}, office hours {} to {}: {} counted, {} so far.",
                self.day(from.date()),
                from.strftime("%H:%M"),
                to.strftime("%H:%M"),
                self.minutes(*minutes),
                self.minutes(*so_far)
            ),
            Step::Extended { days: by, decided_on: Some(on) } => {
                format!("prolonged by {}, as recorded on {}.", days(u32::from(*by)), self.day(*on))
            }
            Step::Extended { days: by, decided_on: None } => format!("prolonged by {}.", days(u32::from(*by))),
            Step::EndsOnResumption { on } => {
                format!("it ran out while suspended, so it ends on the day of the resumption, {}.", self.day(*on))
            }
            Step::SuspendedTooLate { from, ended_on } => format!(
                "the suspension from {} moves nothing: the limit had ended on {}.",
                self.day(*from),
                self.day(*ended_on)
            ),
            Step::StandsStill { since } => format!(
                "the clock has stood still since {}; the limit is counted anew when it runs on.",
                self.day(*since)
            ),
            Step::Rolled { from, to, off } => format!(
                "the last day, {}, is a day off – {} – so the limit ends with the next working day, {}{}.",
                self.day(*from),
                self.reasons(off),
                self.day(*to),
                self.cited(|c| (&c.roll_vi, &c.roll_en))
            ),
            Step::End { at, on, whole_day, backward } => {
                let what = if *backward { "at the latest by" } else { "the limit ends at" };
                if *whole_day {
                    format!("{what} 24:00 on {}{}.", self.day(*on), self.cited(|c| (&c.end_vi, &c.end_en)))
                } else {
                    format!("{what} {}.", self.at(*at))
                }
            }
            Step::Provisional { years } => {
                format!("the days off of {} are not proclaimed yet, so this day may move.", self.years(years))
            }
        }
    }

    fn minutes(&self, minutes: u32) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        let (hour, minute) = match self.language {
            Language::Vi => ("giờ", "phút"),
            Language::En => ("h", "min"),
        };
        match (hours, rest) {
            (0, rest) => format!("{rest} {minute}"),
            (hours, 0) => format!("{hours} {hour}"),
            (hours, rest) => format!("{hours} {hour} {rest} {minute}"),
        }
    }

    fn reasons(&self, off: &[DaysOff]) -> String {
        let one = |off: &DaysOff| format!("{}, {}", self.span(off.from, off.to), self.off(off));
        off.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    fn years(&self, years: &[i16]) -> String {
        years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}
